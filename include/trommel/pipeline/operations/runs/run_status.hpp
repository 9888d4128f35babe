#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// How far one loop of a run is: `main` or `baseline`.
struct PartStatus {
    std::string name{};
    std::uint32_t rounds = 0;  ///< that are finished
    std::optional<std::uint32_t>
        running{};                        ///< the round that began last, if it is not; 0: closing
    std::optional<std::size_t> labels{};  ///< that were measured on last
    std::map<std::string, double> values{};  ///< measured last, by `stage.metric`
    std::chrono::milliseconds elapsed{0};    ///< that processes have worked on it
};

/// How a run is, as its journal tells it.
struct RunStatus {
    enum class State { running, interrupted, failed, finished };

    std::string id{};
    std::filesystem::path file{};  ///< of the pipeline
    State state = State::running;
    std::optional<int> process{};  ///< that runs it
    std::string why{};             ///< it stopped, failed or is finished: a sentence
    std::string damage{};          ///< where its journal is damaged; empty: it is whole
    std::vector<PartStatus> parts{};

    bool is_resumable() const { return state == State::interrupted || state == State::failed; }
};

std::string to_string(RunStatus::State state);

/// Reads the journal of the run in the directory, which may run meanwhile. Throws ConfigError if
/// there is none, DataError if it is of another version. One that is damaged tells what is left.
RunStatus read_run_status(const std::filesystem::path& directory);

}  // namespace trommel
