// A user's own program as a stage: JSON records in on its standard input, JSON records out on its
// standard output.
#pragma once

#include "trommel/pipeline/stage/options.hpp"
#include "trommel/pipeline/stage/stage.hpp"

#include <asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace trommel::stages {

struct ProgramOptions {
    Command command{};
    EnvironmentVariables env{};  ///< with secrets as they are
    bool embeddings = false;     ///< whether records carry them
    std::chrono::milliseconds grace{5000};
};

/// The records that a program is given, one JSON object a line, made while it reads.
struct ProgramInput {
    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    std::vector<std::string> labels{};           ///< (samples), or empty
    std::shared_ptr<const Matrix> embeddings{};  ///< of the dataset, or null

    /// `{"file_name":"a.jpg","label":"cat","embedding":[0.1,…]}`, without what there is not.
    std::string record(std::size_t i) const;
};

/// Gets lines of a program's output soon after they were written; called on a thread that may
/// block, by one at a time.
using ProgramListener = std::function<void(const std::vector<std::string>& lines)>;

/// Runs the program in its command's folder and returns the file that holds what it wrote,
/// one record a line. It sees TROMMEL_ROUND, TROMMEL_ATTEMPT, TROMMEL_SEED, TROMMEL_STAGE_DIR (a
/// directory of this stage in this round), what `environment` adds and the options' `env`.
///
/// Nothing of its output goes on unless it ends well, but to the listener, if there is one. Throws
/// TransientError with the end of its standard error if it does not: who puts `retry` beside a
/// program means whatever it fails with. What it said there is shown without the secrets of the
/// pipeline; a secret in its output, which is kept, is a DataError.
asio::awaitable<std::filesystem::path> run_program(StageContext& context,
                                                   ProgramOptions options,
                                                   ProgramInput input,
                                                   std::map<std::string, std::string> environment,
                                                   ProgramListener listener = {});

/// The input for these samples, with embeddings if the options ask for them.
asio::awaitable<ProgramInput> make_input(StageContext& context,
                                         ProgramOptions options,
                                         TagSetPtr of,
                                         BitMask samples);

/// `<run>/stages/<stage>/round-3`, made.
std::filesystem::path round_directory(const StageContext& context);

}  // namespace trommel::stages
