// What the stages share that a user's own programs carry out; what flows in and out is in
// program.hpp and the manual.
#pragma once

#include "stages/programs/program.hpp"
#include "trommel/pipeline/stage/stage_type.hpp"

#include <map>
#include <string>
#include <utility>

namespace trommel::stages {

/// Tells a program where the model is, if the stage was given one.
inline asio::awaitable<std::map<std::string, std::string>> model_environment(Inputs& in) {
    std::map<std::string, std::string> environment;
    if (!in.has<DirectoryModel>()) co_return environment;
    auto model = co_await in.value<DirectoryModel>();
    environment["TROMMEL_MODEL_DIR"] = model->directory.string();
    co_return environment;
}

class ExecStage : public Stage {
public:
    using Options = ProgramOptions;

    explicit ExecStage(Options options) : options_(std::move(options)) {}

protected:
    Options options_;
};

/// The options that all exec stages share.
template <typename StageClass>
auto exec_type(std::string name, std::string help) {
    using Options = typename StageClass::Options;
    return StageType::of<StageClass>(std::move(name), std::move(help))
        .option(
            "command",
            static_cast<Command Options::*>(&Options::command),
            "Program and arguments: [python3, train.py]; runs in the folder of the pipeline file.",
            {.required = true, .min = {}, .max = {}})
        .option("env",
                static_cast<EnvironmentVariables Options::*>(&Options::env),
                "Environment variables: {API_TOKEN: '${secrets.token}'}.")
        .secret()
        .option("embeddings",
                static_cast<bool Options::*>(&Options::embeddings),
                "Whether records contain the sample's embedding.")
        .option("grace",
                static_cast<std::chrono::milliseconds Options::*>(&Options::grace),
                "Time between the stop signal and the kill.")
        .runs_program();
}

}  // namespace trommel::stages
