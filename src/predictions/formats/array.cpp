// Arrays of numpy's, whose rows are given out where they lie.
#include "predictions/records.hpp"
#include "trommel/core/error.hpp"
#include "trommel/predictions/format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace trommel::predictions {
namespace {

using dataset::NpyArray;

/// What a chunk holds, where no batch is asked for; more than that it holds only of one row.
constexpr std::size_t array_chunk_bytes = std::size_t{2} << 20;

NpyArray open_numpy(const std::filesystem::path& file, const ReadRequest& request) {
    return file.extension() == ".npz" ? NpyArray::open_member(file, request.member, request.uint16)
                                      : NpyArray::open(file, request.uint16);
}

std::string_view shape_of(const ReadRequest& request) {
    if (request.type == PredictionType::committee) return "(samples, models, classes)";
    if (request.type == PredictionType::semantic_segmentation)
        return "(samples, width, height, classes)";
    return request.committees_too ? "(samples, classes) or (samples, models, classes)"
                                  : "(samples, classes)";
}

/// What an array of this shape holds. Throws DataError where it is not what is asked for; the
/// classes of two need but one column.
PredictionType type_in(const NpyArray& array, const ReadRequest& request) {
    const auto dimensions = array.shape().size();
    const bool is_classification = request.type == PredictionType::classification;
    if (is_classification && dimensions <= 2) return request.type;
    if (dimensions == 3 && (request.type == PredictionType::committee ||
                            (is_classification && request.committees_too)))
        return PredictionType::committee;
    if (dimensions == 4 && request.type == PredictionType::semantic_segmentation)
        return request.type;
    throw DataError(fmt::format("{}: the array is ({}), and {} takes {}",
                                array.name(),
                                fmt::join(array.shape(), ", "),
                                to_string(request.type),
                                shape_of(request)));
}

class ArrayChunks final : public ChunkReader {
public:
    ArrayChunks(const std::filesystem::path& file, const ReadRequest& request, RowNames& names)
        : array_(open_numpy(file, request)),
          type_(type_in(array_, request)),
          rows_(request.batch_size),
          names_(names) {
        if (array_.rows() > 0 && array_.cols() == 0)
            throw DataError(fmt::format("{}: the array has no classes", array_.name()));
        const auto row_bytes = std::max<std::size_t>(1, array_.cols() * bytes_of(array_.type()));
        if (rows_ == 0) rows_ = std::max<std::size_t>(1, array_chunk_bytes / row_bytes);
    }

    std::optional<Chunk> next() override {
        if (given_ == array_.rows()) return std::nullopt;
        const std::size_t count = std::min(rows_, array_.rows() - given_);
        auto taken = names_.take(count);
        ArrayRows rows{.array = array_,
                       .type = type_,
                       .first = std::exchange(given_, given_ + count),
                       .count = count,
                       .names = std::move(taken.names),
                       .first_name = taken.first_number};
        return [given = std::move(rows)]() mutable {
            auto file = given.array.name();
            return Batch{std::move(given), std::move(file), {}};
        };
    }

    std::optional<double> fraction() const override {
        return array_.rows() == 0
                   ? 1
                   : static_cast<double>(given_) / static_cast<double>(array_.rows());
    }

private:
    NpyArray array_;
    PredictionType type_;
    std::size_t rows_;  ///< of a chunk
    RowNames& names_;
    std::size_t given_ = 0;
};

std::unique_ptr<ChunkReader> open_array(const std::filesystem::path& file,
                                        const ReadRequest& request,
                                        RowNames& names) {
    return std::make_unique<ArrayChunks>(file, request, names);
}

}  // namespace

Format array() {
    using enum PredictionType;
    return {.name = "npy",
            .title = "array",
            .extensions = {".npy", ".npz"},
            .types = {classification, committee, semantic_segmentation},
            .rows_are_numbered = true,
            .open = open_array};
}

}  // namespace trommel::predictions
