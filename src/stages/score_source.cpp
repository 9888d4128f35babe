#include "stages/score_source.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::stages {
namespace {

/// The extension that says how a file is written, below that of its compression.
std::string extension_of(std::filesystem::path file) {
    if (file.extension() == ".gz" || file.extension() == ".zst") file.replace_extension();
    return file.extension().string();
}

ScoreInput format_of(const std::filesystem::path& file, ScoreInput asked) {
    if (asked != ScoreInput::automatic) return asked;
    if (const auto format = format_by_name(file)) return *format;
    throw ConfigError(
        fmt::format("{}: the name does not say how it is written; add --format jsonl, csv, npy, "
                    "lightly, tar or coco",
                    file.string()));
}

/// The inputs one after another.
class InputFiles final : public ScoreSource {
public:
    InputFiles(const ScoreRequest& request, const ScoreRules& rules)
        : request_(request), rules_(rules), names_(request.names) {
        const bool all_arrays = std::ranges::all_of(request.inputs, [&](const auto& file) {
            return format_of(file, request.format) == ScoreInput::npy;
        });
        if (!request.names.empty() && !all_arrays)
            throw ConfigError("--names is for arrays; records of other formats bear their names");
    }

    std::optional<ScoreJob> next() override {
        while (at_ < request_.inputs.size()) {
            if (!source_) source_ = open(request_.inputs[at_]);
            if (auto job = source_->next()) return job;
            finished_.push_back(std::move(source_));  // its jobs may still be scored
            ++at_;
        }
        names_.check_end();
        return std::nullopt;
    }

    std::optional<double> fraction() const override {
        const auto done = static_cast<double>(at_);
        const auto all = static_cast<double>(request_.inputs.size());
        if (!source_) return done / all;
        const auto part = source_->fraction();
        if (!part) return std::nullopt;
        return (done + *part) / all;
    }

private:
    std::unique_ptr<ScoreSource> open(const std::filesystem::path& file) {
        switch (format_of(file, request_.format)) {
            case ScoreInput::npy:
                return open_array(file, rules_, names_);
            case ScoreInput::csv:
                return open_table(file, rules_);
            case ScoreInput::lightly:
                return open_folder(file, rules_);
            case ScoreInput::tar:
                return open_tar(file, rules_);
            case ScoreInput::coco:
                return open_coco(file, rules_);
            default:
                return open_text(file, rules_);
        }
    }

    const ScoreRequest& request_;
    const ScoreRules& rules_;
    RowNames names_;
    std::size_t at_ = 0;
    std::unique_ptr<ScoreSource> source_;
    std::vector<std::unique_ptr<ScoreSource>> finished_;
};

}  // namespace

std::optional<ScoreInput> format_by_name(const std::filesystem::path& file) {
    if (std::filesystem::is_directory(file)) return ScoreInput::lightly;
    const auto extension = extension_of(file);
    if (extension == ".npy" || extension == ".npz") return ScoreInput::npy;
    if (extension == ".csv") return ScoreInput::csv;
    if (extension == ".tar") return ScoreInput::tar;
    if (extension == ".json") return ScoreInput::coco;
    if (extension == ".jsonl" || extension == ".ndjson") return ScoreInput::jsonl;
    return std::nullopt;
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

std::unique_ptr<ScoreSource> open_source(const ScoreRequest& request, const ScoreRules& rules) {
    return std::make_unique<InputFiles>(request, rules);
}

}  // namespace trommel::stages
