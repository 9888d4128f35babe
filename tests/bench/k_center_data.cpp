#include "bench/k_center_data.hpp"

#include "selection/parallel.hpp"
#include "trommel/core/random.hpp"
#include "trommel/dataset/embeddings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <numbers>
#include <vector>

namespace trommel::bench {
namespace {

using selection::in_parallel;

/// A quick generator of one row's values: which numbers they are matters less than that a billion
/// of them are there soon (splitmix64).
class RowRandom {
public:
    explicit RowRandom(std::uint64_t row) : state_(row * 0x9E3779B97F4A7C15ULL + 1) {}

    float uniform() { return (static_cast<float>(next() >> 40U) + 0.5F) * 0x1p-24F; }

    float normal() {
        const float angle = 2 * std::numbers::pi_v<float> * uniform();
        return std::sqrt(-2 * std::log(uniform())) * std::cos(angle);
    }

private:
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
        z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ z >> 27U) * 0x94D049BB133111EBULL;
        return z ^ z >> 31U;
    }

    std::uint64_t state_;
};

std::vector<float> normals(std::uint64_t seed, std::size_t count, float deviation) {
    RowRandom random(seed);
    std::vector<float> values(count);
    for (float& x : values) x = deviation * random.normal();
    return values;
}

void scale_to_unit_length(float* row, std::size_t dimensions) {
    double sum = 0;
    for (std::size_t j = 0; j < dimensions; ++j) sum += static_cast<double>(row[j]) * row[j];
    const auto factor = static_cast<float>(1 / std::sqrt(std::max(sum, 1e-12)));
    for (std::size_t j = 0; j < dimensions; ++j) row[j] *= factor;
}

/// What the clustered embeddings are made of.
class Clusters {
public:
    explicit Clusters(std::size_t dimensions) : dimensions_(dimensions) {
        RowRandom random(7);
        float total = 0;
        for (std::size_t c = 0; c < count; ++c) {
            total += std::pow(static_cast<float>(c) + 3, -0.8F);
            sizes_.push_back(total);
            spreads_.push_back(0.35F * std::exp(0.5F * random.normal()));
        }
    }

    void make(std::uint64_t sample, float* row) const {
        RowRandom random(sample + 1'000'003);
        const float at = random.uniform() * sizes_.back();
        const auto c =
            static_cast<std::size_t>(std::ranges::lower_bound(sizes_, at) - sizes_.begin());
        float inner_values[inner];
        for (float& x : inner_values) x = spreads_[c] * random.normal();
        std::fill_n(row, dimensions_, 0.0F);
        std::vector<float> bent(dimensions_);
        for (std::size_t l = 0; l < latent; ++l) {
            float z = means_[c * latent + l];
            for (std::size_t t = 0; t < inner; ++t)
                z += axes_[(c * latent + l) * inner + t] * inner_values[t];
            for (std::size_t j = 0; j < dimensions_; ++j) {
                row[j] += straight_[l * dimensions_ + j] * z;
                bent[j] += curved_[l * dimensions_ + j] * z;
            }
        }
        for (std::size_t j = 0; j < dimensions_; ++j)
            row[j] += 0.7F * std::tanh(1.5F * bent[j]) + 0.08F * random.normal();
        scale_to_unit_length(row, dimensions_);
    }

private:
    static constexpr std::size_t count = 2000;
    static constexpr std::size_t latent = 24;
    static constexpr std::size_t inner = 10;

    std::size_t dimensions_;
    std::vector<float> means_ = normals(1, count* latent, 1);
    std::vector<float> axes_ = normals(2, count* latent* inner, std::sqrt(0.1F));
    std::vector<float> straight_ = normals(3, latent* dimensions_, std::sqrt(1.0F / latent));
    std::vector<float> curved_ = normals(4, latent* dimensions_, std::sqrt(1.0F / latent));
    std::vector<float> sizes_{};  ///< added up
    std::vector<float> spreads_{};
};

/// What a program writes to its standard output, at most `most` bytes.
std::vector<unsigned char> output_of(const std::string& command, std::size_t most) {
    std::vector<unsigned char> bytes(most);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    if (!pipe) return {};
    bytes.resize(std::fread(bytes.data(), 1, most, pipe.get()));
    return bytes;
}

constexpr std::size_t side = 28;
constexpr std::size_t patch = 6;
constexpr std::size_t filters = 128;
constexpr std::size_t places = 12;  ///< patches along a side, two pixels apart

/// A patch without its mean and of unit length; `result` holds patch * patch.
void normal_patch(const unsigned char* image, std::size_t y, std::size_t x, float* result) {
    float mean = 0;
    for (std::size_t k = 0; k < patch * patch; ++k) {
        result[k] = image[(y + k / patch) * side + x + k % patch];
        mean += result[k] / (patch * patch);
    }
    float sum = 10;
    for (std::size_t k = 0; k < patch * patch; ++k) {
        result[k] -= mean;
        sum += result[k] * result[k];
    }
    for (std::size_t k = 0; k < patch * patch; ++k) result[k] /= std::sqrt(sum);
}

std::vector<float> random_filters(const std::vector<unsigned char>& images) {
    std::vector<float> result(filters * patch * patch);
    Random random(1, 0, "filters");
    for (std::size_t f = 0; f < filters; ++f) {
        const auto image = random.below(images.size() / (side * side));
        normal_patch(images.data() + image * side * side,
                     random.below(side - patch),
                     random.below(side - patch),
                     result.data() + f * patch * patch);
    }
    return result;
}

void convolve(const unsigned char* image, const std::vector<float>& bank, float* row) {
    std::fill_n(row, filters * 4, 0.0F);
    for (std::size_t place = 0; place < places * places; ++place) {
        float values[patch * patch];
        const std::size_t y = place / places;
        const std::size_t x = place % places;
        normal_patch(image, 2 * y, 2 * x, values);
        const std::size_t quarter = y / (places / 2) * 2 + x / (places / 2);
        for (std::size_t f = 0; f < filters; ++f) {
            float sum = 0;
            for (std::size_t k = 0; k < patch * patch; ++k)
                sum += bank[f * patch * patch + k] * values[k];
            row[quarter * filters + f] += std::max(sum - 0.25F, 0.0F);
        }
    }
    scale_to_unit_length(row, filters * 4);
}

void standardise(Embeddings& embeddings) {
    for (std::size_t j = 0; j < embeddings.dimensions; ++j) {
        double sum = 0;
        double squares = 0;
        for (std::size_t i = 0; i < embeddings.rows; ++i) {
            const double x = embeddings.row(i)[j];
            sum += x;
            squares += x * x;
        }
        const double mean = sum / static_cast<double>(embeddings.rows);
        const double deviation =
            std::sqrt(squares / static_cast<double>(embeddings.rows) - mean * mean);
        for (std::size_t i = 0; i < embeddings.rows; ++i) {
            float& x = embeddings.row(i)[j];
            x = static_cast<float>((x - mean) / deviation);
        }
    }
}

}  // namespace

Embeddings clustered(std::size_t samples, std::size_t dimensions) {
    Embeddings result(samples, dimensions);
    const Clusters clusters(dimensions);
    in_parallel(samples, 1024, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) clusters.make(i, result.row(i));
    });
    return result;
}

Embeddings gaussian(std::size_t samples, std::size_t dimensions) {
    Embeddings result(samples, dimensions);
    in_parallel(samples, 1024, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            RowRandom random(i + 7);
            for (std::size_t j = 0; j < dimensions; ++j) result.row(i)[j] = random.normal();
        }
    });
    return result;
}

std::optional<Embeddings> fashion_mnist() {
    const std::string folder = "/usr/share/datasets/fashion-mnist/";
    if (!std::filesystem::exists(folder + "train-images-idx3-ubyte.gz")) return std::nullopt;
    constexpr std::size_t header = 16;
    std::vector<unsigned char> images;
    for (const auto* name : {"train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"}) {
        const auto bytes = output_of("gzip -dc " + folder + name, 60'000 * side * side + header);
        if (bytes.size() <= header) return std::nullopt;
        images.insert(images.end(), bytes.begin() + header, bytes.end());
    }
    const auto bank = random_filters(images);
    Embeddings result(images.size() / (side * side), filters * 4);
    in_parallel(result.rows, 64, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            convolve(images.data() + i * side * side, bank, result.row(i));
    });
    return result;
}

Embeddings letters() {
    const auto read =
        dataset::read_embeddings(TROMMEL_SOURCE_DIR "/pipelines/data/letter.csv").rows;
    Embeddings result(read.rows(), read.cols());
    std::ranges::transform(
        read.values(), result.values.data(), [](double x) { return static_cast<float>(x); });
    standardise(result);
    return result;
}

}  // namespace trommel::bench
