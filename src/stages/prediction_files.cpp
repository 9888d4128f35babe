#include "stages/prediction_files.hpp"

#include "stages/lightly_records.hpp"
#include "stages/score_source.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/coco_results.hpp"
#include "trommel/dataset/committees.hpp"
#include "trommel/dataset/npy.hpp"
#include "trommel/dataset/tar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

namespace trommel::stages {
namespace {

using dataset::PredictionReader;

template <typename Batch>
constexpr bool is_committee = std::is_same_v<Batch, dataset::CommitteeBatch>;

/// What messages call the predictions.
template <typename Batch>
std::string_view called() {
    return is_committee<Batch> ? "committees" : scoring::to_string(task_of<Batch>());
}

template <typename T>
void move_behind(std::vector<T>& all, std::vector<T>& more) {
    std::ranges::move(more, std::back_inserter(all));
}

void append_values(dataset::ClassificationBatch& all,
                   dataset::ClassificationBatch& more,
                   const std::string& file) {
    if (!all.names.empty() && !more.names.empty() && all.probs.cols() != more.probs.cols())
        throw DataError(fmt::format(
            "{}: {} probabilities, and {} before it", file, more.probs.cols(), all.probs.cols()));
    for (std::size_t i = 0; i < more.probs.rows(); ++i) all.probs.append_row(more.probs.row(i));
}
void append_values(dataset::SegmentationBatch& all,
                   dataset::SegmentationBatch& more,
                   const std::string&) {
    move_behind(all.images, more.images);
}
template <typename Batch>
void append_values(Batch& all, Batch& more, const std::string&) {
    move_behind(all.outputs, more.outputs);
}

/// Adds the samples of `more`, from `file`, behind those of `all`.
template <typename Batch>
void append(Batch& all, Batch more, const std::string& file) {
    append_values(all, more, file);
    move_behind(all.names, more.names);
    move_behind(all.lines, more.lines);
    move_behind(all.faults, more.faults);
}

/// A folder of one file a sample.
template <typename Batch>
class FolderReader final : public PredictionReader<Batch> {
public:
    FolderReader(const PredictionFile& file, const dataset::ReadOptions& options)
        : options_(options),
          task_(dataset::read_prediction_task(file.file, file.prediction_task)),
          files_(dataset::prediction_files(task_)) {
        if (task_.task != task_of<Batch>())
            throw ConfigError(fmt::format("{}: the schema is of {}, and {} is asked for",
                                          task_.folder.string(),
                                          scoring::to_string(task_.task),
                                          scoring::to_string(task_of<Batch>())));
    }

    std::optional<Batch> next() override {
        Batch batch;
        while (at_ < files_.size() && batch.size() < options_.batch_size) {
            const auto& file = files_[at_++];
            append(batch,
                   read_record<Batch>(read_small_file(file), &task_, options_, file.string()),
                   file.string());
        }
        if (batch.size() == 0) return std::nullopt;
        return batch;
    }

private:
    dataset::ReadOptions options_;
    dataset::PredictionTask task_;
    std::vector<std::filesystem::path> files_;
    std::size_t at_ = 0;
};

/// Such a folder, packed.
template <typename Batch>
class PackedReader final : public PredictionReader<Batch> {
public:
    PackedReader(const PredictionFile& file, const dataset::ReadOptions& options)
        : options_(options), name_(file.file.string()), tar_(file.file) {}

    std::optional<Batch> next() override {
        Batch batch;
        while (batch.size() < options_.batch_size) {
            auto member = tar_.next();
            if (!member) break;
            if (!is_record(member->name)) continue;
            const auto name = fmt::format("{}[{}]", name_, member->name);
            append(batch,
                   read_record<Batch>(std::move(member->content), nullptr, options_, name),
                   name);
        }
        if (batch.size() == 0) return std::nullopt;
        return batch;
    }

private:
    dataset::ReadOptions options_;
    std::string name_;
    dataset::TarReader tar_;
};

/// What arrays of the task are like.
template <typename Batch>
constexpr std::string_view shape_of{};
template <>
constexpr std::string_view shape_of<dataset::ClassificationBatch> = "(samples, classes)";
template <>
constexpr std::string_view shape_of<dataset::CommitteeBatch> = "(samples, models, classes)";
template <>
constexpr std::string_view shape_of<dataset::SegmentationBatch> =
    "(samples, width, height, classes)";

/// Whether an array of so many dimensions is like that; the classes of two need but one column.
template <typename Batch>
bool fits(std::size_t dimensions) {
    const auto most = static_cast<std::size_t>(std::ranges::count(shape_of<Batch>, ',')) + 1;
    return dimensions == most || (most == 2 && dimensions == 1);
}

/// Rows (rows, columns) as values of a batch, by the array's shape.
void set_values(dataset::ClassificationBatch& batch,
                std::vector<double> values,
                const std::vector<std::size_t>& shape) {
    const std::size_t classes = shape.size() == 1 ? 1 : shape[1];
    batch.probs = Probabilities(batch.names.size(), classes);
    std::ranges::copy(values, batch.probs.values().begin());
}
void set_values(dataset::CommitteeBatch& batch,
                std::vector<double> values,
                const std::vector<std::size_t>& shape) {
    batch.probs = std::move(values);
    batch.members = shape[1];
    batch.classes = shape[2];
}
void set_values(dataset::SegmentationBatch& batch,
                std::vector<double> values,
                const std::vector<std::size_t>& shape) {
    const std::size_t pixels = shape[1] * shape[2];
    const auto width = static_cast<std::ptrdiff_t>(pixels * shape[3]);
    auto from = values.begin();
    for (std::size_t i = 0; i < batch.names.size(); ++i, from += width) {
        dataset::SegmentedImage image;
        image.probs = Probabilities(pixels, shape[3]);
        std::copy(from, from + width, image.probs.values().begin());
        batch.images.push_back(std::move(image));
    }
}

template <typename Batch>
class ArrayReader final : public PredictionReader<Batch> {
public:
    ArrayReader(const PredictionFile& file, const dataset::ReadOptions& options)
        : options_(options), array_(open(file)), names_(file.names) {
        if (!fits<Batch>(array_.shape().size()))
            throw DataError(fmt::format("{}: the array is ({}), and {} takes {}",
                                        array_.name(),
                                        fmt::join(array_.shape(), ", "),
                                        called<Batch>(),
                                        shape_of<Batch>));
        if (array_.rows() > 0 && array_.cols() == 0)
            throw DataError(fmt::format("{}: the array has no classes", array_.name()));
    }

    std::optional<Batch> next() override {
        const std::size_t count = std::min(options_.batch_size, array_.rows() - at_);
        if (count == 0) {
            names_.check_end();
            return std::nullopt;
        }
        Batch batch;
        batch.names = names_of(count);
        std::vector<double> values(count * array_.cols());
        array_.read<double>(at_, count, values);
        array_.done_with(at_, count);
        for (std::size_t i = 0; i < count; ++i) batch.lines.push_back(++at_);
        set_values(batch, std::move(values), array_.shape());
        return batch;
    }

private:
    static dataset::NpyArray open(const PredictionFile& file) {
        return file.file.extension() == ".npz"
                   ? dataset::NpyArray::open_member(file.file, file.member)
                   : dataset::NpyArray::open(file.file);
    }

    std::vector<std::string> names_of(std::size_t count) {
        auto taken = names_.take(count);
        for (std::size_t i = taken.names.size(); i < count; ++i)
            taken.names.push_back(std::to_string(taken.first_number + i));
        return std::move(taken.names);
    }

    dataset::ReadOptions options_;
    dataset::NpyArray array_;
    RowNames names_;
    std::size_t at_ = 0;
};

template <typename Batch>
[[noreturn]] void refuse(const PredictionFile& file, std::string_view format) {
    throw ConfigError(fmt::format(
        "{}: {} has no {} form; write JSON Lines", file.file.string(), called<Batch>(), format));
}

template <typename Batch>
using ReaderPtr = std::shared_ptr<PredictionReader<Batch>>;

template <typename Batch>
ReaderPtr<Batch> open_array(const PredictionFile& file, const dataset::ReadOptions& options) {
    if constexpr (!shape_of<Batch>.empty())
        return std::make_shared<ArrayReader<Batch>>(file, options);
    else
        refuse<Batch>(file, "array");
}

template <typename Batch>
ReaderPtr<Batch> open_folder(const PredictionFile& file, const dataset::ReadOptions& options) {
    if constexpr (is_committee<Batch>)
        refuse<Batch>(file, "folder");
    else
        return std::make_shared<FolderReader<Batch>>(file, options);
}

template <typename Batch>
ReaderPtr<Batch> open_packed(const PredictionFile& file, const dataset::ReadOptions& options) {
    if constexpr (is_committee<Batch>)
        refuse<Batch>(file, "tar");
    else
        return std::make_shared<PackedReader<Batch>>(file, options);
}

template <typename Batch>
ReaderPtr<Batch> open_coco(const PredictionFile& file, const dataset::ReadOptions& options) {
    if constexpr (std::is_same_v<Batch, dataset::DetectionBatch>)
        return dataset::open_coco_results(file.file, options);
    else
        refuse<Batch>(file, "COCO results");
}

template <typename Batch>
ReaderPtr<Batch> open_csv(const PredictionFile& file, const dataset::ReadOptions& options) {
    if constexpr (std::is_same_v<Batch, dataset::ClassificationBatch>)
        return dataset::open_classification(
            dataset::LineReader::open(file.file), dataset::PredictionFormat::csv, options);
    else
        refuse<Batch>(file, "CSV");
}

}  // namespace

ScoreInput format_of(const PredictionFile& file) {
    if (file.format != ScoreInput::automatic) return file.format;
    return format_by_name(file.file).value_or(ScoreInput::jsonl);
}

template <typename Batch>
std::shared_ptr<PredictionReader<Batch>> open_predictions(const PredictionFile& file,
                                                          const dataset::ReadOptions& options) {
    switch (format_of(file)) {
        case ScoreInput::csv:
            return open_csv<Batch>(file, options);
        case ScoreInput::npy:
            return open_array<Batch>(file, options);
        case ScoreInput::lightly:
            return open_folder<Batch>(file, options);
        case ScoreInput::tar:
            return open_packed<Batch>(file, options);
        case ScoreInput::coco:
            return open_coco<Batch>(file, options);
        default:
            break;
    }
    return open_lines<Batch>(file.part.count == 1 ? dataset::LineReader::open(file.file)
                                                  : dataset::LineReader::open(file.file, file.part),
                             options);
}

template ReaderPtr<dataset::ClassificationBatch> open_predictions(const PredictionFile&,
                                                                  const dataset::ReadOptions&);
template ReaderPtr<dataset::DetectionBatch> open_predictions(const PredictionFile&,
                                                             const dataset::ReadOptions&);
template ReaderPtr<dataset::SegmentationBatch> open_predictions(const PredictionFile&,
                                                                const dataset::ReadOptions&);
template ReaderPtr<dataset::CommitteeBatch> open_predictions(const PredictionFile&,
                                                             const dataset::ReadOptions&);
template ReaderPtr<dataset::KeypointBatch> open_predictions(const PredictionFile&,
                                                            const dataset::ReadOptions&);

}  // namespace trommel::stages
