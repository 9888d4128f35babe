#include "trommel/predictions/reader.hpp"

#include "trommel/core/error.hpp"
#include "trommel/predictions/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace trommel::predictions {
namespace {

/// The format of a file that is to be read so; throws ConfigError where it is not told or does not
/// have the type.
const Format& format_of(const std::filesystem::path& file, const ReadRequest& request) {
    const auto* format = request.format != nullptr ? request.format : format_by_name(file);
    if (format == nullptr)
        throw ConfigError(
            fmt::format("{}: the name does not say how it is written; add --format, which is one "
                        "of {}",
                        file.string(),
                        format_names()));
    if (!format->has(request.type))
        throw ConfigError(fmt::format("{}: {} has no {} form; write JSON Lines",
                                      file.string(),
                                      to_string(request.type),
                                      format->title));
    return *format;
}

/// The inputs one after another.
class InTurn final : public ChunkReader {
public:
    explicit InTurn(ReadRequest request) : request_(std::move(request)), names_(request_.names) {
        for (const auto& file : request_.inputs)
            if (!format_of(file, request_).rows_are_numbered && !request_.names.empty())
                throw ConfigError(
                    fmt::format("{}: a list of names is for arrays; records of other formats bear "
                                "their names",
                                file.string()));
        open();
    }

    std::optional<Chunk> next() override {
        do {
            if (auto chunk = readers_.back()->next()) return chunk;
        } while (open());
        names_.check_end();
        return std::nullopt;
    }

    std::optional<double> fraction() const override {
        const auto part = readers_.back()->fraction();
        if (!part) return std::nullopt;
        return (static_cast<double>(readers_.size() - 1) + *part) /
               static_cast<double>(request_.inputs.size());
    }

private:
    /// The next input, if there is one.
    bool open() {
        if (readers_.size() == request_.inputs.size()) return false;
        const auto& file = request_.inputs[readers_.size()];
        readers_.push_back(format_of(file, request_).open(file, request_, names_));
        return true;
    }

    ReadRequest request_;
    RowNames names_;
    std::vector<std::unique_ptr<ChunkReader>> readers_;  ///< also those whose chunks are still read
};

// Rows (count, cols) of an array as values of a batch.

void set_values(dataset::ClassificationRecords& batch,
                const std::vector<double>& values,
                const ArrayRows& rows) {
    batch.probs = Probabilities(rows.count, rows.array.cols());
    std::ranges::copy(values, batch.probs.values().begin());
    batch.precision = rows.precision();
}
void set_values(dataset::CommitteeRecords& batch,
                std::vector<double> values,
                const ArrayRows& rows) {
    batch.probs = std::move(values);
    batch.members = rows.array.shape()[1];
    batch.classes = rows.array.shape()[2];
}
void set_values(dataset::SegmentationRecords& batch,
                const std::vector<double>& values,
                const ArrayRows& rows) {
    const std::size_t classes = rows.array.shape()[3];
    const auto width = static_cast<std::ptrdiff_t>(rows.array.cols());
    auto from = values.begin();
    for (std::size_t i = 0; i < rows.count; ++i, from += width) {
        dataset::SegmentedImage image;
        image.probs = Probabilities(rows.array.cols() / classes, classes);
        image.precision = rows.precision();
        std::copy(from, from + width, image.probs.values().begin());
        batch.images.push_back(std::move(image));
    }
}

template <typename TypedBatch>
TypedBatch to_batch(ArrayRows& rows) {
    TypedBatch batch;
    std::vector<double> values(rows.count * rows.array.cols());
    rows.array.read<double>(rows.first, rows.count, values);
    rows.array.done_with(rows.first, rows.count);
    for (std::size_t i = 0; i < rows.count; ++i) {
        batch.names.push_back(rows.name(i));
        batch.lines.push_back(rows.first + i + 1);
    }
    if constexpr (requires { set_values(batch, values, rows); })
        set_values(batch, std::move(values), rows);
    return batch;
}

template <typename TypedBatch>
constexpr PredictionType type_of() {
    using enum PredictionType;
    if (std::is_same_v<TypedBatch, dataset::CommitteeRecords>) return committee;
    if (std::is_same_v<TypedBatch, dataset::DetectionRecords>) return object_detection;
    if (std::is_same_v<TypedBatch, dataset::SegmentationRecords>) return semantic_segmentation;
    if (std::is_same_v<TypedBatch, dataset::KeypointRecords>) return keypoint_detection;
    return classification;
}

template <typename TypedBatch>
class Batches final : public dataset::PredictionReader<TypedBatch> {
public:
    explicit Batches(ReadRequest request) : reader_(open_chunks(std::move(request))) {}

    std::optional<TypedBatch> next() override {
        const auto chunk = reader_->next();
        if (!chunk) return std::nullopt;
        auto batch = (*chunk)();
        if (auto* rows = std::get_if<ArrayRows>(&batch.predictions))
            return to_batch<TypedBatch>(*rows);
        return std::get<TypedBatch>(std::move(batch.predictions));
    }

private:
    std::unique_ptr<ChunkReader> reader_;
};

}  // namespace

PredictionType type_of(scoring::Task task) {
    switch (task) {
        case scoring::Task::classification:
            break;
        case scoring::Task::object_detection:
            return PredictionType::object_detection;
        case scoring::Task::semantic_segmentation:
            return PredictionType::semantic_segmentation;
        case scoring::Task::keypoint_detection:
            return PredictionType::keypoint_detection;
    }
    return PredictionType::classification;
}

std::string_view to_string(PredictionType type) {
    constexpr std::array<std::string_view, 5> names{"classification",
                                                    "committees",
                                                    "object-detection",
                                                    "semantic-segmentation",
                                                    "keypoint-detection"};
    return names.at(static_cast<std::size_t>(type));
}

dataset::ReadOptions ReadRequest::options(std::size_t most) const {
    return {.batch_size = batch_size == 0 ? most : batch_size,
            .on_fault = on_fault,
            .non_finite = non_finite};
}

RowNames::RowNames(const std::filesystem::path& file) {
    if (!file.empty()) lines_ = dataset::LineReader::open(file);
}

RowNames::Taken RowNames::take(std::size_t rows) {
    Taken taken{.names = {}, .first_number = taken_};
    taken_ += rows;
    if (!lines_) return taken;
    taken.names.reserve(rows);
    while (taken.names.size() < rows) {
        const auto name = lines_->next();
        if (!name)
            throw DataError(fmt::format("{}: {} names, and the arrays have more rows",
                                        lines_->name(),
                                        taken_ - rows + taken.names.size()));
        if (name->empty()) lines_->fail("the line is empty; write one file name for each row");
        taken.names.emplace_back(*name);
    }
    return taken;
}

void RowNames::check_end() {
    if (lines_ && lines_->next())
        throw DataError(
            fmt::format("{}: more names than the {} rows of the arrays", lines_->name(), taken_));
}

std::unique_ptr<ChunkReader> open_chunks(ReadRequest request) {
    return std::make_unique<InTurn>(std::move(request));
}

template <typename TypedBatch>
std::shared_ptr<dataset::PredictionReader<TypedBatch>> open_batches(ReadRequest request) {
    request.type = type_of<TypedBatch>();
    return std::make_shared<Batches<TypedBatch>>(std::move(request));
}

template std::shared_ptr<dataset::ClassificationReader> open_batches(ReadRequest);
template std::shared_ptr<dataset::CommitteeReader> open_batches(ReadRequest);
template std::shared_ptr<dataset::DetectionReader> open_batches(ReadRequest);
template std::shared_ptr<dataset::SegmentationReader> open_batches(ReadRequest);
template std::shared_ptr<dataset::KeypointReader> open_batches(ReadRequest);

}  // namespace trommel::predictions
