// Metrics by a program.

#include "stages/programs/exec_records.hpp"
#include "stages/programs/exec_stage.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/io_pool.hpp"

namespace trommel::stages {
namespace {

class ExecEvaluate final : public Stage {
public:
    struct Options : ProgramOptions {
        std::vector<std::string> metrics{};
    };

    explicit ExecEvaluate(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto model = co_await in.value<DirectoryModel>();
        std::map<std::string, std::string> environment;
        environment["TROMMEL_MODEL_DIR"] = model->directory.string();
        const ProgramOptions& program = options_;
        ProgramInput input =
            co_await make_input(context, program, model->of, model->of->holdout.value().mask);
        auto file =
            co_await run_program(context, program, std::move(input), std::move(environment));
        Metrics metrics = co_await on_io(context.io, read_metrics, file, options_.metrics);
        metrics.of = model->of;
        auto shared = std::make_shared<Metrics>(std::move(metrics));
        co_await out.send(std::move(shared));
    }

private:
    Options options_;
};

}  // namespace

StageType exec_evaluate() {
    using Options = ExecEvaluate::Options;
    return exec_type<ExecEvaluate>("exec.evaluate",
                                   "Measures with a program: reads held-out {file_name} per line, "
                                   "writes one object {metric: value}.")
        .reads<DirectoryModel>()
        .sends<Metrics>()
        .caches({.version = 1, .whole = true, .knows_round = true})
        .option("metrics",
                &Options::metrics,
                "Names of the metrics in the program's output.",
                {.required = true, .min = {}, .max = {}})
        .measures([](const Options& options) { return options.metrics; })
        .needs_holdout();
}

}  // namespace trommel::stages
