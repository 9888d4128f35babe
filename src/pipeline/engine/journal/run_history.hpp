// RunHistory: what a journal tells of a run.
#pragma once

#include "trommel/core/record_log.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace trommel {

/// The version of the journal's records and of the round's files.
inline constexpr int journal_version = 1;

/// A file that a run reads, as it was when the run began.
struct InputFile {
    std::filesystem::path path{};  ///< absolute
    std::string sha256{};

    friend bool operator==(const InputFile&, const InputFile&) = default;
};

/// What a run is of. `configuration` is the whole pipeline as resolved_yaml has it.
struct RunRecord {
    std::string id{};
    std::filesystem::path file{};    ///< of the pipeline, absolute
    std::filesystem::path folder{};  ///< that relative paths in it are relative to, absolute
    Overrides overrides{};
    std::string configuration{};
    std::vector<InputFile> inputs{};
};

/// A round that counts, in short.
struct RoundRecord {
    std::uint32_t round = 0;  ///< 0: the closing pass
    std::size_t chosen = 0;
    std::optional<std::size_t> labels{};     ///< that it measured on
    std::map<std::string, double> values{};  ///< measured, by `stage.metric`
};

struct EndRecord {
    std::string reason{};
    bool exhausted = false;
};

/// Why a process of the run stopped before its end.
struct StopRecord {
    bool failed = false;  ///< else it was interrupted
    std::string message{};
};

/// One loop of the run: `main` or `baseline`.
struct PartHistory {
    std::string id{};
    std::optional<std::chrono::sys_time<std::chrono::milliseconds>> begun{};
    std::uint32_t rounds = 0;  ///< that count, without the closing pass
    bool closed = false;       ///< the closing pass counts
    std::optional<RoundRecord> last_measured{};
    std::optional<std::uint32_t> running{};  ///< a round that began and does not count
    std::optional<EndRecord> end{};
    std::chrono::milliseconds elapsed{0};  ///< while a process was at it
};

struct RunHistory {
    std::optional<RunRecord> run{};  ///< none: nothing was begun
    std::map<std::string, PartHistory> parts{};
    std::map<std::string, std::string> effects{};  ///< that a round which does not count has done
    std::set<std::string> told{};                  ///< keys of what hooks have been told
    std::optional<EndRecord> end{};
    std::optional<StopRecord> stop{};    ///< of the last process; none if it was killed
    std::size_t processes = 0;           ///< that have worked on the run
    std::size_t changes = 0;             ///< how many of them began with changes that were accepted
    std::vector<std::size_t> damaged{};  ///< lines of the journal that are left out here
};

/// How many rounds of each part still count, where some were lost.
using RoundsLeft = std::map<std::string, std::uint32_t>;

/// Takes the parts back to these rounds: neither they nor the run have ended then.
void go_back(RunHistory& history, const RoundsLeft& rounds);

/// Reads a journal's records in order. `file` is what messages call it. Throws DataError for one
/// that this version of trommel does not know.
RunHistory replay(const LoggedRecords& records, const std::filesystem::path& file);

/// What the journal in a run's directory tells, without the lines of it that are damaged. Its `run`
/// is missing where no run has begun, or where that very line is damaged. Throws DataError as
/// above.
RunHistory look_at_history(const std::filesystem::path& directory);

/// The same with its `run`. Throws ConfigError if no run has begun there, DataError if the line is
/// damaged that says what the run is of.
RunHistory read_history(const std::filesystem::path& directory);

}  // namespace trommel
