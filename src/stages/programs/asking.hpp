// Asking: what a program is asked about samples, less what it has answered before, under
// `cache: record`.
#pragma once

#include "stages/programs/program.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace trommel::stages {

/// The questions of one attempt of a stage. A question is a sample's name and embedding, so that a
/// sample that was changed is a new one. Without `context.record_cache` nothing is known or kept.
class Asking {
public:
    /// The context outlives it.
    explicit Asking(StageContext& context) : context_(context) {}

    /// Takes the samples whose answers are known out of the input, and returns these, a line each.
    asio::awaitable<std::vector<std::string>> take_known(ProgramInput& input);

    /// Runs the program about what is not known, if there is any; the file has what is known too.
    asio::awaitable<std::filesystem::path> run(ProgramOptions options,
                                               ProgramInput input,
                                               std::map<std::string, std::string> environment);

    /// Keeps the new answers of the file, but those about samples whose records failed. Call it
    /// when all of them were read.
    asio::awaitable<void> keep(std::filesystem::path file) const;

private:
    StageContext& context_;
    std::unordered_map<std::string, std::string> questions_;  ///< that are open, by sample's name
};

}  // namespace trommel::stages
