// Runs of the program over the small pool that are disturbed in their calls on files.
#pragma once

#include "support/faults.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace trommel::test {

/// One pipeline, run again and again, each time in a new directory, of which only the last is kept.
/// Whatever a run leaves is compared with the first one, which nothing disturbs.
class DisturbedRuns {
public:
    /// The pipeline of these stages, then `tail`, with these scripts beside it.
    DisturbedRuns(const std::string& stages,
                  const std::string& tail,
                  const std::map<std::string, std::string>& scripts) {
        write_small_pool(folder_);
        for (const auto& [name, text] : scripts) folder_.write(name, text);
        folder_.write("p.yaml", small_pipeline(stages, tail));
        calls_ = faults_.calls(start());
        picks_ = read_file(directory() / "picks.csv");
    }

    /// The calls of the first run, in order; the first is call 1 of a fault.
    const std::vector<std::string>& calls() const { return calls_; }
    std::string call(std::size_t number) const { return calls_.at(number - 1); }

    /// The numbers of the calls whose line holds `part`.
    std::vector<std::size_t> calls_with(const std::string& part) const {
        std::vector<std::size_t> numbers;
        for (std::size_t i = 0; i < calls_.size(); ++i)
            if (calls_[i].find(part) != std::string::npos) numbers.push_back(i + 1);
        return numbers;
    }

    /// Runs it in a new directory under the fault.
    Finished run(const std::string& fault) { return faults_.run(fault, start()); }

    /// A verb, such as `resume`, for the last run's directory.
    Finished verb(const std::string& words) const {
        return shell("cd '" + folder_.path().string() + "' && " + program_ + " " + words);
    }

    /// The shell line that runs the pipeline in the last run's directory.
    std::string run_words() const {
        return "run p.yaml --quiet --threads 1 --run-dir " + directory().string();
    }

    const TempDir& folder() const { return folder_; }

    /// Of the last run.
    std::filesystem::path directory() const { return folder_ / ("run-" + std::to_string(runs_)); }

    bool has_all_picks() const {
        const auto picks = directory() / "picks.csv";
        return std::filesystem::exists(picks) && read_file(picks) == picks_;
    }

    /// What SQLite answers about the last run's database.
    std::string ask(const std::string& sql) const {
        return shell("sqlite3 '" + (directory() / "platform.db").string() + "' '" + sql + "'")
            .output;
    }

private:
    std::string start() {
        if (runs_ > 0) std::filesystem::remove_all(directory());
        ++runs_;
        return program_ + " " + run_words();
    }

    const std::string program_ = TROMMEL_PROGRAM;
    TempDir folder_;
    Faults faults_{folder_.path()};
    int runs_ = 0;
    std::vector<std::string> calls_;
    std::string picks_;
};

}  // namespace trommel::test
