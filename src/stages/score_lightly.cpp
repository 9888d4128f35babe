// Predictions as Lightly keeps them, one JSON file an image, in folders or packed as tar; and
// COCO's.

#include "stages/score_source.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/coco_results.hpp"
#include "trommel/dataset/prediction_task.hpp"
#include "trommel/dataset/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace trommel::stages {
namespace {

using dataset::PredictionTask;
using scoring::Task;

/// Small files that one job reads: enough that opening them overlaps, few enough to be soon done.
constexpr std::size_t files_a_job = 64;
constexpr std::size_t lightly_job_bytes = std::size_t{1} << 20;

/// A text of JSON as one line; a line end within it is blank, for in strings none may stand.
std::string in_one_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

/// Adds the rows of `more` behind those of `all`.
void append(ScoredRows& all, ScoredRows more) {
    all.rows += more.rows;
    all.invalid += more.invalid;
    std::ranges::move(more.names, std::back_inserter(all.names));
    std::ranges::move(more.reasons, std::back_inserter(all.reasons));
    if (all.columns.empty()) {
        all.columns = std::move(more.columns);
        return;
    }
    for (std::size_t m = 0; m < more.columns.size(); ++m)
        std::ranges::copy(more.columns[m].values, std::back_inserter(all.columns[m].values));
}

/// What a record says must be in the task's schema.
void check_schema(const dataset::DetectionBatch& batch,
                  const PredictionTask& task,
                  const std::string& file) {
    for (std::size_t i = 0; i < batch.outputs.size(); ++i)
        for (const int label : batch.outputs[i].labels())
            if (!task.has_category(label))
                throw DataError(
                    fmt::format("{}: sample '{}': category {} is not in the schema of {}",
                                file,
                                batch.names[i],
                                label,
                                task.folder.string()));
}
void check_schema(const dataset::ClassificationBatch& batch,
                  const PredictionTask& task,
                  const std::string& file) {
    if (batch.probs.rows() > 0 && batch.probs.cols() > 1 &&
        batch.probs.cols() != task.categories.size())
        throw DataError(fmt::format("{}: {} probabilities, and the schema of {} has {} categories",
                                    file,
                                    batch.probs.cols(),
                                    task.folder.string(),
                                    task.categories.size()));
}
template <typename Batch>
void check_schema(const Batch&, const PredictionTask&, const std::string&) {}

template <typename Reader>
ScoredRows score_record(const ScoreRules& rules,
                        const std::unique_ptr<Reader>& reader,
                        const PredictionTask* task,
                        const std::string& file) {
    auto batch = reader->next();
    if (!batch) throw DataError(fmt::format("{}: the file is empty", file));
    if (task != nullptr) check_schema(*batch, *task, file);
    return score_batch(rules, *std::move(batch), file);
}

/// The record of one file; `task` is what it must keep to, or null.
ScoredRows score_file(const ScoreRules& rules,
                      std::string content,
                      const PredictionTask* task,
                      const std::string& file) {
    auto lines = dataset::LineReader::of_chunk(in_one_line(std::move(content)), 1, file);
    const auto options = rules.read_options();
    switch (rules.task) {
        case Task::classification:
            return score_record(
                rules,
                open_classification(std::move(lines), dataset::PredictionFormat::jsonl, options),
                task,
                file);
        case Task::object_detection:
            return score_record(rules, open_detections(std::move(lines), options), task, file);
        case Task::semantic_segmentation:
            return score_record(rules, open_segmentation(std::move(lines), options), task, file);
        case Task::keypoint_detection:
            break;
    }
    return score_record(rules, open_keypoints(std::move(lines), options), task, file);
}

class FolderSource final : public ScoreSource {
public:
    FolderSource(const std::filesystem::path& folder, const ScoreRules& rules)
        : rules_(rules),
          task_(dataset::read_prediction_task(folder, rules.prediction_task)),
          files_(dataset::prediction_files(task_)) {
        if (task_.task != rules.task)
            throw ConfigError(fmt::format("{}: the schema is of {}; use --task {}",
                                          task_.folder.string(),
                                          scoring::to_string(task_.task),
                                          scoring::to_string(task_.task)));
    }

    std::optional<ScoreJob> next() override {
        if (given_ == files_.size()) return std::nullopt;
        const std::size_t first = given_;
        given_ = std::min(files_.size(), given_ + files_a_job);
        return [this, first, last = given_] { return score(first, last); };
    }

    std::optional<double> fraction() const override {
        return files_.empty() ? 1
                              : static_cast<double>(given_) / static_cast<double>(files_.size());
    }

private:
    ScoredRows score(std::size_t first, std::size_t last) const {
        ScoredRows all;
        for (std::size_t i = first; i < last; ++i) {
            const auto& file = files_[i];
            if (std::filesystem::file_size(file) > dataset::LineReader::longest_line)
                throw DataError(fmt::format("{}: is larger than 64 MiB", file.string()));
            append(all, score_file(rules_, read_file(file), &task_, file.string()));
        }
        return all;
    }

    const ScoreRules& rules_;
    PredictionTask task_;
    std::vector<std::filesystem::path> files_;
    std::size_t given_ = 0;
};

class TarSource final : public ScoreSource {
public:
    TarSource(const std::filesystem::path& file, const ScoreRules& rules)
        : rules_(rules), name_(file.string()), tar_(file) {}

    std::optional<ScoreJob> next() override {
        std::vector<dataset::TarMember> members;
        std::size_t bytes = 0;
        while (bytes < lightly_job_bytes) {
            auto member = tar_.next();
            if (!member) break;
            const auto file = std::filesystem::path(member->name).filename();
            if (file.extension() != ".json" || file == "tasks.json" || file == "schema.json")
                continue;
            bytes += member->content.size() + 512;
            members.push_back(*std::move(member));
        }
        if (members.empty()) return std::nullopt;
        return [this, all = std::move(members)]() mutable {
            ScoredRows rows;
            for (auto& member : all)
                append(rows,
                       score_file(rules_,
                                  std::move(member.content),
                                  nullptr,
                                  fmt::format("{}[{}]", name_, member.name)));
            return rows;
        };
    }

private:
    const ScoreRules& rules_;
    std::string name_;
    dataset::TarReader tar_;
};

class CocoSource final : public ScoreSource {
public:
    CocoSource(const std::filesystem::path& file, const ScoreRules& rules)
        : rules_(rules), name_(file.string()) {
        if (rules.task != Task::object_detection)
            throw ConfigError(fmt::format("{}: COCO results are of object-detection", name_));
        auto options = rules.read_options();
        options.batch_size = 512;
        reader_ = dataset::open_coco_results(file, options);
    }

    std::optional<ScoreJob> next() override {
        auto batch = reader_->next();
        if (!batch) return std::nullopt;
        return [this, images = *std::move(batch)]() mutable {
            return score_batch(rules_, std::move(images), name_);
        };
    }

private:
    const ScoreRules& rules_;
    std::string name_;
    std::unique_ptr<dataset::DetectionReader> reader_;
};

}  // namespace

std::unique_ptr<ScoreSource> open_folder(const std::filesystem::path& folder,
                                         const ScoreRules& rules) {
    return std::make_unique<FolderSource>(folder, rules);
}

std::unique_ptr<ScoreSource> open_tar(const std::filesystem::path& file, const ScoreRules& rules) {
    return std::make_unique<TarSource>(file, rules);
}

std::unique_ptr<ScoreSource> open_coco(const std::filesystem::path& file, const ScoreRules& rules) {
    return std::make_unique<CocoSource>(file, rules);
}

}  // namespace trommel::stages
