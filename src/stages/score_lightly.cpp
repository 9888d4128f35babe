// Predictions as Lightly keeps them, one JSON file an image, in folders or packed as tar; and
// COCO's.

#include "stages/lightly_records.hpp"
#include "stages/score_source.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/coco_results.hpp"
#include "trommel/dataset/prediction_task.hpp"
#include "trommel/dataset/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace trommel::stages {
namespace {

using dataset::PredictionTask;
using scoring::Task;

/// Small files that one job reads: enough that opening them overlaps, few enough to be soon done.
constexpr std::size_t files_a_job = 64;
constexpr std::size_t lightly_job_bytes = std::size_t{1} << 20;

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

template <typename Batch>
ScoredRows score_record(const ScoreRules& rules,
                        std::string content,
                        const PredictionTask* task,
                        const std::string& file) {
    return score_batch(
        rules, read_record<Batch>(std::move(content), task, rules.read_options(), file), file);
}

/// The record of one file; `task` is what it must keep to, or null.
ScoredRows score_file(const ScoreRules& rules,
                      std::string content,
                      const PredictionTask* task,
                      const std::string& file) {
    switch (rules.task) {
        case Task::classification:
            return score_record<dataset::ClassificationBatch>(
                rules, std::move(content), task, file);
        case Task::object_detection:
            return score_record<dataset::DetectionBatch>(rules, std::move(content), task, file);
        case Task::semantic_segmentation:
            return score_record<dataset::SegmentationBatch>(rules, std::move(content), task, file);
        case Task::keypoint_detection:
            break;
    }
    return score_record<dataset::KeypointBatch>(rules, std::move(content), task, file);
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
            append(all, score_file(rules_, read_small_file(file), &task_, file.string()));
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
            if (!is_record(member->name)) continue;
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
