// Runs programs whose calls on files fail, or that are killed in one; see tests/faults/plan.hpp.
#pragma once

#include "support/shell.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace trommel::test {

/// Runs programs in a folder and disturbs the calls by which they change files in it.
///
/// `fault` is kill:N, power:N, torn:N, full:N, full-once:N or sync-error:N; `command` a line of
/// shell that is one program with its arguments. What that program starts is left alone.
class Faults {
public:
    explicit Faults(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Finished run(const std::string& fault, const std::string& command) const {
        return shell("cd '" + folder_.string() + "' && " + prefix(fault) + command + "; exit $?");
    }

    /// The calls that the command makes when it is let alone, in order: `pwrite platform.db-wal`.
    /// The first is call 1 of a fault.
    std::vector<std::string> calls(const std::string& command) const {
        const auto listing = folder_.string() + ".calls";
        run("count:" + listing, command);
        std::vector<std::string> lines;
        std::ifstream file(listing);
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        std::filesystem::remove(listing);
        return lines;
    }

private:
    std::string prefix(const std::string& fault) const {
        return "env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD='" TROMMEL_FAULTS_LIBRARY
               "' TROMMEL_FAULTS_DIR='" +
               folder_.string() + "' TROMMEL_FAULTS='" + fault + "' ";
    }

    std::filesystem::path folder_;
};

/// Whether SIGKILL ended it.
inline bool was_killed(const Finished& end) { return end.code == 128 + 9; }

}  // namespace trommel::test
