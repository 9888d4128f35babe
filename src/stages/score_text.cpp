// Predictions from JSON Lines, which several threads parse, and from CSV, which one does.

#include "stages/score_source.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/text_chunks.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace trommel::stages {
namespace {

/// All records of a chunk, as one batch.
template <typename Reader>
ScoredRows score_all(const ScoreRules& rules,
                     const std::unique_ptr<Reader>& reader,
                     const std::string& file) {
    auto batch = reader->next();
    return batch ? score_batch(rules, *std::move(batch), file) : ScoredRows{};
}

ScoredRows score_chunk(const ScoreRules& rules, dataset::TextChunk chunk, const std::string& file) {
    const bool is_committee =
        rules.task == scoring::Task::classification && dataset::is_of_committees(chunk.text);
    auto lines = dataset::LineReader::of_chunk(std::move(chunk.text), chunk.first_line, file);
    const auto options = rules.read_options();
    if (is_committee) return score_all(rules, open_committees(std::move(lines), options), file);
    switch (rules.task) {
        case scoring::Task::classification:
            return score_all(
                rules,
                open_classification(std::move(lines), dataset::PredictionFormat::jsonl, options),
                file);
        case scoring::Task::object_detection:
            return score_all(rules, open_detections(std::move(lines), options), file);
        case scoring::Task::semantic_segmentation:
            return score_all(rules, open_segmentation(std::move(lines), options), file);
        case scoring::Task::keypoint_detection:
            break;
    }
    return score_all(rules, open_keypoints(std::move(lines), options), file);
}

class TextSource final : public ScoreSource {
public:
    TextSource(const std::filesystem::path& file, const ScoreRules& rules)
        : rules_(rules), name_(file.string()), chunks_(file) {
        std::error_code error;
        bytes_ = std::filesystem::file_size(file, error);
        const auto extension = file.extension();
        if (error || extension == ".gz" || extension == ".zst") bytes_ = 0;
    }

    std::optional<ScoreJob> next() override {
        auto chunk = chunks_.next();
        if (!chunk) return std::nullopt;
        given_ += chunk->text.size();
        return [&rules = rules_, name = name_, text = *std::move(chunk)]() mutable {
            return score_chunk(rules, std::move(text), name);
        };
    }

    std::optional<double> fraction() const override {
        if (bytes_ == 0) return std::nullopt;
        return static_cast<double>(given_) / static_cast<double>(bytes_);
    }

private:
    const ScoreRules& rules_;
    std::string name_;
    dataset::TextChunks chunks_;
    std::uint64_t bytes_ = 0;  ///< of the file; 0: not known
    std::uint64_t given_ = 0;
};

class TableSource final : public ScoreSource {
public:
    TableSource(const std::filesystem::path& file, const ScoreRules& rules)
        : rules_(rules), name_(file.string()) {
        auto options = rules.read_options();
        options.batch_size = 4096;
        reader_ = dataset::open_classification(
            dataset::LineReader::open(file), dataset::PredictionFormat::csv, options);
    }

    std::optional<ScoreJob> next() override {
        auto batch = reader_->next();
        if (!batch) return std::nullopt;
        return [&rules = rules_, name = name_, rows = *std::move(batch)]() mutable {
            return score_batch(rules, std::move(rows), name);
        };
    }

private:
    const ScoreRules& rules_;
    std::string name_;
    std::unique_ptr<dataset::ClassificationReader> reader_;
};

}  // namespace

std::unique_ptr<ScoreSource> open_text(const std::filesystem::path& file, const ScoreRules& rules) {
    return std::make_unique<TextSource>(file, rules);
}

std::unique_ptr<ScoreSource> open_table(const std::filesystem::path& file,
                                        const ScoreRules& rules) {
    if (rules.task != scoring::Task::classification)
        throw ConfigError(fmt::format("{}: {} has no CSV form; write JSON Lines",
                                      file.string(),
                                      scoring::to_string(rules.task)));
    return std::make_unique<TableSource>(file, rules);
}

}  // namespace trommel::stages
