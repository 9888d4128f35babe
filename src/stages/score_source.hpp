// Where predictions come from, in pieces that any thread may score.
#pragma once

#include "stages/score_rules.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace trommel::stages {

/// Scores one piece of the input; called once, by any thread. It throws what score_files does.
using ScoreJob = std::function<ScoredRows()>;

/// The pieces of all inputs, in their order.
class ScoreSource {
public:
    virtual ~ScoreSource() = default;

    /// The next piece; nothing after the last. By one thread at a time.
    virtual std::optional<ScoreJob> next() = 0;

    /// How much of the input has been given out, from 0 to 1; nothing where that is not known.
    virtual std::optional<double> fraction() const { return std::nullopt; }
};

/// How a file or folder is written, by its name; nothing where that does not say.
std::optional<ScoreInput> format_by_name(const std::filesystem::path& file);

/// The source of a request. `rules` outlives it and its jobs.
std::unique_ptr<ScoreSource> open_source(const ScoreRequest& request, const ScoreRules& rules);

/// For open_source: one input each. It outlives its jobs.
std::unique_ptr<ScoreSource> open_text(const std::filesystem::path& file, const ScoreRules& rules);
std::unique_ptr<ScoreSource> open_table(const std::filesystem::path& file, const ScoreRules& rules);
std::unique_ptr<ScoreSource> open_folder(const std::filesystem::path& folder,
                                         const ScoreRules& rules);
std::unique_ptr<ScoreSource> open_tar(const std::filesystem::path& file, const ScoreRules& rules);
std::unique_ptr<ScoreSource> open_coco(const std::filesystem::path& file, const ScoreRules& rules);

/// File names from a list, one a line, given out in order; or numbers.
class RowNames {
public:
    /// No file: numbers.
    explicit RowNames(const std::filesystem::path& file);

    /// The names of the next rows; none where names are numbers, which begin at `first_number`.
    struct Taken {
        std::vector<std::string> names{};
        std::uint64_t first_number = 0;
    };
    /// Throws DataError where the list is too short.
    Taken take(std::size_t rows);
    /// Throws DataError where the list has more names.
    void check_end();

private:
    std::optional<dataset::LineReader> lines_;
    std::uint64_t taken_ = 0;
};

/// `names` outlives it.
std::unique_ptr<ScoreSource> open_array(const std::filesystem::path& file,
                                        const ScoreRules& rules,
                                        RowNames& names);

}  // namespace trommel::stages
