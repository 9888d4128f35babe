// Every set of kernels against the definitions, to the last bit.
#include "selection/kernels/kernels.hpp"

#include "selection/candidates.hpp"
#include "selection/codes.hpp"
#include "selection/kernels/distance.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>

namespace trommel::selection {

namespace {

constexpr std::size_t most_width = 150;

std::vector<float> random_values(Random& random, std::size_t count) {
    std::vector<float> values(count);
    const float size = std::ldexp(1.0F, static_cast<int>(random.below(40)) - 20);
    for (float& x : values) x = size * static_cast<float>(random.uniform() - 0.5);
    return values;
}

/// Rows of one width, without a value behind the last one that might hide a read too far.
std::vector<std::vector<float>> random_rows(Random& random, std::size_t count, std::size_t width) {
    std::vector<std::vector<float>> rows;
    for (std::size_t i = 0; i < count; ++i) rows.push_back(random_values(random, width));
    return rows;
}

std::vector<const float*> pointers(const std::vector<std::vector<float>>& rows) {
    std::vector<const float*> result;
    for (const auto& row : rows) result.push_back(row.data());
    return result;
}

template <typename Check>
void for_kernels_and_widths(const Check& check) {
    for (const auto* kernels : all_kernels()) {
        Random random(21, 1, "kernels");
        for (std::size_t width = 1; width < most_width; ++width) {
            INFO(kernels->name << ", " << width << " dimensions");
            check(*kernels, width, random);
        }
    }
}

std::vector<float> random_row(Random& random, std::size_t dimensions, std::size_t width) {
    auto row = random_values(random, dimensions);
    row.resize(width);
    return row;
}

/// A block of rows of a few dimensions, filled up to a width that kernels know.
struct BlockOfRows {
    BlockOfRows(Random& random, std::size_t count)
        : dimensions(count),
          width(std::max<std::size_t>(4, std::bit_ceil(count))),
          values(width * block_size) {
        for (std::size_t i = 0; i < block_size; ++i) {
            rows.push_back(random_row(random, dimensions, width));
            for (std::size_t j = 0; j < width; ++j) values[j * block_size + i] = rows[i][j];
        }
    }

    std::size_t dimensions;
    std::size_t width;
    std::vector<std::vector<float>> rows{};
    Buffer<float> values;
};

template <typename Check>
void for_blocks(const Check& check) {
    for (const auto* kernels : all_kernels()) {
        Random random(22, 1, "kernels");
        for (int i = 0; i < 320; ++i) {
            const BlockOfRows rows(random, 1 + random.below(16));
            INFO(kernels->name << ", " << rows.dimensions << " dimensions");
            check(*kernels, rows, random);
        }
    }
}

/// Rows in codes, and a block of centres.
struct Coded {
    explicit Coded(std::size_t width) : bytes(Codes::bytes_for(width)), block(block_size * bytes) {}

    std::size_t bytes;
    std::vector<std::vector<std::uint8_t>> rows{};
    std::vector<std::vector<std::int8_t>> centers{};
    std::vector<std::int8_t> block;
    std::int32_t norms[filter_rows] = {};
    std::int32_t offsets[block_size] = {};
    float errors[block_size] = {};
};

std::int32_t norm_of(std::span<const std::int8_t> codes) {
    std::int32_t norm = 0;
    for (const int code : codes) norm += code * code;
    return norm;
}

std::vector<std::int8_t> random_codes(Random& random,
                                      std::size_t width,
                                      std::size_t bytes,
                                      int most) {
    std::vector<std::int8_t> codes(bytes);
    const bool is_extreme = random.below(2) == 0;
    for (std::size_t j = 0; j < width; ++j) {
        const int code =
            static_cast<int>(random.below(static_cast<std::uint64_t>(2 * most + 1))) - most;
        codes[j] = static_cast<std::int8_t>(is_extreme ? (code < 0 ? -most : most) : code);
    }
    return codes;
}

Coded random_coded(Random& random, std::size_t width, int most) {
    Coded coded(width);
    for (std::size_t i = 0; i < filter_rows; ++i) {
        const auto codes = random_codes(random, width, coded.bytes, most);
        coded.norms[i] = norm_of(codes);
        auto& row = coded.rows.emplace_back();
        for (const int code : codes) row.push_back(static_cast<std::uint8_t>(code + most + 1));
    }
    for (std::size_t c = 0; c < block_size; ++c) {
        const auto& codes =
            coded.centers.emplace_back(random_codes(random, width, coded.bytes, most));
        int sum = 0;
        for (std::size_t j = 0; j < coded.bytes; ++j) {
            coded.block[(j / 4 * block_size + c) * 4 + j % 4] = codes[j];
            sum += codes[j];
        }
        coded.offsets[c] = norm_of(codes) + 2 * (most + 1) * sum;
        coded.errors[c] = static_cast<float>(random.uniform());
    }
    return coded;
}

/// The squared distance of row i and centre c, from the codes themselves.
float code_distance(const Coded& coded, std::size_t i, std::size_t c, int most) {
    std::int64_t sum = 0;
    for (std::size_t j = 0; j < coded.bytes; ++j) {
        const std::int64_t difference = coded.rows[i][j] - (most + 1) - coded.centers[c][j];
        sum += difference * difference;
    }
    return static_cast<float>(sum);
}

void check_filter(const Kernels& kernels, const Coded& coded, Random& random) {
    CodedRows rows;
    for (std::size_t i = 0; i < filter_rows; ++i) {
        rows.bytes[i] = coded.rows[i].data();
        rows.norms[i] = coded.norms[i];
        const float middle = code_distance(coded, i, 3, kernels.most_code);
        rows.reach[i] = std::sqrt(middle) * static_cast<float>(0.9 + 0.2 * random.uniform());
    }
    const CodedBlock block{coded.block.data(), coded.offsets, coded.errors};
    float squares[filter_rows * block_size];
    std::uint16_t masks[filter_rows];
    kernels.filter(rows, block, coded.bytes, squares, masks);
    for (std::size_t i = 0; i < filter_rows; ++i) {
        for (std::size_t c = 0; c < block_size; ++c) {
            const float square = code_distance(coded, i, c, kernels.most_code);
            const float far = rows.reach[i] + coded.errors[c];
            REQUIRE(squares[i * block_size + c] == square);
            REQUIRE(((masks[i] >> c) & 1) == (square < far * far ? 1 : 0));
        }
    }
}

}  // namespace

TEST_CASE("the portable kernels are always there, and first", "[selection]") {
    REQUIRE_FALSE(all_kernels().empty());
    CHECK(all_kernels().front()->name == "portable");
    CHECK(&kernels() == all_kernels().back());
}

TEST_CASE("kernels give the distance its defined bits", "[selection]") {
    for_kernels_and_widths([](const Kernels& kernels, std::size_t width, Random& random) {
        const auto rows = random_rows(random, 7, width);
        const auto centers = random_rows(random, 4, width);
        const auto some = pointers(rows);
        const auto others = pointers(centers);

        float squared[7];
        kernels.to_center(some.data(), 7, others[0], width, squared);
        for (std::size_t i = 0; i < 7; ++i)
            REQUIRE(squared[i] == squared_distance(rows[i], centers[0]));

        float tile[tile_rows * 4];
        kernels.tile(some.data(), others.data(), width, tile);
        for (std::size_t i = 0; i < tile_rows; ++i) {
            for (std::size_t j = 0; j < 4; ++j)
                REQUIRE(tile[i * 4 + j] == squared_distance(rows[i], centers[j]));
        }
    });
}

TEST_CASE("kernels read rows that lie apart in memory", "[selection]") {
    for_kernels_and_widths([](const Kernels& kernels, std::size_t width, Random& random) {
        const std::size_t stride = width + random.below(5);
        const auto values = random_values(random, 4 * stride + width);
        const auto center = random_values(random, width);
        float squared[5];
        kernels.stream(values.data(), stride, 5, center.data(), width, squared);
        for (std::size_t i = 0; i < 5; ++i) {
            const auto row = std::span(values).subspan(i * stride, width);
            REQUIRE(squared[i] == squared_distance(row, center));
        }
    });
}

TEST_CASE("kernels compare rows that lie side by side with some centres", "[selection]") {
    for_blocks([](const Kernels& kernels, const BlockOfRows& rows, Random& random) {
        const auto center = random_row(random, rows.dimensions, rows.width);
        std::vector<float> centers(block_size * block_size);
        for (const std::size_t same : {4, 9})  // 0, which is in no mask, is nearest to many
            std::ranges::copy(center,
                              centers.begin() + static_cast<std::ptrdiff_t>(same * block_size));
        Buffer<float> squared(block_size);
        Buffer<std::uint32_t> nearest(block_size);
        for (std::size_t i = 0; i < block_size; ++i) {
            nearest[i] = 3;
            squared[i] = squared_distance(rows.rows[i], center);
            if (i % 4 == 0) squared[i] = Bounds::taken;
            if (i % 4 == 1) squared[i] = std::nextafter(squared[i], 1e30F);
        }
        const auto before = std::vector(squared.all().begin(), squared.all().end());
        const SideBySide block{.values = rows.values.data(),
                               .width = rows.width,
                               .squared = squared.data(),
                               .nearest = nearest.data()};
        const std::uint16_t both = 1U << 4U | 1U << 9U;
        REQUIRE(kernels.approach(block, centers.data(), 16, both));
        for (std::size_t i = 0; i < block_size; ++i) {
            REQUIRE(nearest[i] == (i % 4 == 1 ? 20 : 3));  // the first of equals
            REQUIRE(squared[i] ==
                    (i % 4 == 1 ? squared_distance(rows.rows[i], center) : before[i]));
        }
        REQUIRE_FALSE(kernels.approach(block, centers.data(), 16, both));
        REQUIRE_FALSE(kernels.approach(block, centers.data(), 16, 0));
    });
}

TEST_CASE("kernels leave out centres only where no row of a box can be nearer", "[selection]") {
    for_blocks([](const Kernels& kernels, const BlockOfRows& centers, Random& random) {
        const auto rows = random_rows(random, 5, centers.dimensions);
        std::vector<float> low(centers.width);
        std::vector<float> high(centers.width);
        for (std::size_t j = 0; j < centers.dimensions; ++j) {
            const auto [least, most] =
                std::ranges::minmax(rows, {}, [&](auto& row) { return row[j]; });
            low[j] = least[j];
            high[j] = most[j];
        }
        for (std::size_t c = 0; c < block_size; ++c) {
            auto nearest = std::numeric_limits<float>::infinity();
            for (const auto& row : rows) {
                const auto center = std::span(centers.rows[c]).first(centers.dimensions);
                nearest = std::min(nearest, squared_distance(row, center));
            }
            const auto reaches = [&](float squared) {
                return kernels.reaching(low.data(),
                                        high.data(),
                                        centers.values.data(),
                                        centers.width,
                                        squared) >>
                           c &
                       1U;
            };
            REQUIRE(reaches(std::nextafter(nearest, 1e30F)) == 1);
            REQUIRE(reaches(0) == 0);
        }
    });
}

TEST_CASE("kernels find the same centres within reach of a box", "[selection]") {
    for_blocks([](const Kernels& kernels, const BlockOfRows& centers, Random& random) {
        auto low = random_row(random, centers.dimensions, centers.width);
        auto high = random_row(random, centers.dimensions, centers.width);
        for (std::size_t j = 0; j < centers.width; ++j) {
            if (high[j] < low[j]) std::swap(low[j], high[j]);
        }
        const float squared = squared_distance(low, centers.rows[random.below(block_size)]);
        const auto reaching = [&](const Kernels& some) {
            return some.reaching(
                low.data(), high.data(), centers.values.data(), centers.width, squared);
        };
        REQUIRE(reaching(kernels) == reaching(portable_kernels));
    });
}

TEST_CASE("kernels make the same codes", "[selection]") {
    for_kernels_and_widths([](const Kernels& kernels, std::size_t width, Random& random) {
        const auto row = random_values(random, width);
        const auto mean = random_values(random, width);
        const CodeScale scale{std::ldexp(1.5F, static_cast<int>(random.below(40)) - 30),
                              kernels.most_code};
        const std::size_t bytes = Codes::bytes_for(width);
        std::vector<std::uint8_t> codes(bytes);
        std::vector<std::uint8_t> plain(bytes);

        const auto encoding =
            kernels.encode(row.data(), mean.data(), scale, width, codes.data(), bytes);
        const auto expected =
            portable_kernels.encode(row.data(), mean.data(), scale, width, plain.data(), bytes);

        REQUIRE(codes == plain);
        REQUIRE(encoding.norm == expected.norm);
        REQUIRE(encoding.residual == expected.residual);
    });
}

TEST_CASE("kernels compare codes without overflow", "[selection]") {
    for_kernels_and_widths([](const Kernels& kernels, std::size_t width, Random& random) {
        const auto coded = random_coded(random, width, kernels.most_code);
        check_filter(kernels, coded, random);

        const std::int8_t* centers[block_size];
        for (std::size_t c = 0; c < block_size; ++c) centers[c] = coded.centers[c].data();
        for (std::size_t count = 1; count <= block_size; ++count) {
            const auto nearest = kernels.nearest_code(
                coded.rows[0].data(), coded.norms[0], centers, coded.offsets, count, coded.bytes);
            for (std::size_t c = 0; c < count; ++c) {
                const float square = code_distance(coded, 0, c, kernels.most_code);
                REQUIRE(nearest.square <= square);
                if (c < nearest.index) REQUIRE(nearest.square < square);
                if (c == nearest.index) REQUIRE(nearest.square == square);
            }
        }
    });
}

TEST_CASE("halves are widened exactly, all of them", "[selection]") {
    std::vector<std::uint16_t> halves(0x10000);
    for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
    for (const auto* kernels : all_kernels()) {
        std::vector<float> singles(halves.size());
        kernels->widen_halves(halves.data(), halves.size() - 3, singles.data());
        for (std::size_t i = 0; i < halves.size() - 3; ++i) {
            const int exponent = static_cast<int>(i >> 10U & 31U);
            const double fraction = static_cast<double>(i & 1023U) / 1024;
            if (exponent == 31) continue;
            const double magnitude =
                exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
            REQUIRE(singles[i] == static_cast<float>((i & 0x8000U) == 0 ? magnitude : -magnitude));
        }
        CHECK(std::isinf(singles[0x7C00]));
        CHECK(std::isnan(singles[0x7E00]));
    }
}

TEST_CASE("codes never put a sample farther away than it is", "[selection]") {
    Random random(22, 1, "codes");
    for (const auto* kernels : all_kernels()) {
        for (const std::size_t width : {1UL, 5UL, 16UL, 40UL, 129UL}) {
            Matrix embeddings(200, width);
            for (float& x : embeddings.values())
                x = static_cast<float>((random.uniform() - 0.5) *
                                       (random.below(30) == 0 ? 100 : 1));
            std::vector<SampleIndex> samples(200);
            for (SampleIndex i = 0; i < 200; ++i) samples[i] = i;
            const auto codes = Codes::of({Rows(embeddings), samples}, *kernels);
            REQUIRE(codes);
            for (Place a = 0; a < 200; ++a) {
                for (Place b = 0; b < 200; b += 13) {
                    std::vector<std::uint8_t> code(codes->bytes());
                    const auto center = codes->encode(embeddings.row(b).data(), code.data());
                    double square = 0;
                    for (std::size_t j = 0; j < code.size(); ++j)
                        square += std::pow(codes->row(a)[j] - code[j], 2);
                    const float squared = squared_distance(embeddings.row(a), embeddings.row(b));
                    const double reach = codes->reach(a, squared) + center.residual;
                    REQUIRE(square < reach * reach);
                }
            }
        }
    }
}

TEST_CASE("embeddings that no step fits have no codes", "[selection]") {
    const Matrix alike(10, 3);
    std::vector<SampleIndex> samples(10);
    for (SampleIndex i = 0; i < 10; ++i) samples[i] = i;
    CHECK_FALSE(Codes::of({Rows(alike), samples}, kernels()));
    CHECK_FALSE(Codes::of({Rows(alike), {}}, kernels()));
}

}  // namespace trommel::selection
