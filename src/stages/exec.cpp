// Stages that a user's own programs carry out; what flows in and out is in program.hpp and the
// manual.

#include "stages/answers.hpp"
#include "stages/asking.hpp"
#include "stages/exec_records.hpp"
#include "stages/prediction_join.hpp"
#include "stages/program.hpp"
#include "stages/stages.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

BitMask labeled(const TagSet& tags) {
    return tags.preselected ? tags.preselected->mask : BitMask();
}

/// Tells a program where the model is, if the stage was given one.
asio::awaitable<std::map<std::string, std::string>> model_environment(Inputs& in) {
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

class ExecTrain final : public ExecStage {
public:
    using ExecStage::ExecStage;

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        LabelBatch labels;
        while (auto batch = co_await in.receive<LabelBatch>()) labels.append(*batch);
        if (labels.samples.empty()) throw DataError("there is no labelled sample to learn from");

        ProgramInput input =
            co_await make_input(context, options_, labels.of, BitMask::of(labels.samples));
        input.samples = labels.samples;
        input.labels = std::move(labels.labels);
        auto model = std::make_shared<DirectoryModel>();
        model->of = labels.of;
        model->directory = round_directory(context) / "model";
        std::filesystem::remove_all(model->directory);  // what an attempt that failed has left
        std::filesystem::create_directories(model->directory);
        std::map<std::string, std::string> environment;
        environment["TROMMEL_MODEL_DIR"] = model->directory.string();
        co_await run_program(context, options_, std::move(input), std::move(environment));
        co_await out.send(std::move(model));
    }
};

class ExecPredict final : public ExecStage {
public:
    using ExecStage::ExecStage;

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        auto environment = co_await model_environment(in);
        ProgramInput input = co_await make_input(context, options_, tags, tags->query.mask);
        Asking asking(context);
        auto file = co_await asking.run(options_, std::move(input), std::move(environment));
        JoinOptions as;
        as.file = file;
        PredictionJoin join(tags, context, std::move(as));
        std::shared_ptr<dataset::ClassificationReader> reader =
            dataset::open_classification(dataset::LineReader::open(file),
                                         dataset::PredictionFormat::jsonl,
                                         {.on_fault = join.on_fault()});
        co_await send_joined(context, std::move(reader), std::move(join), out);
        co_await asking.keep(std::move(file));
    }
};

class ExecScore final : public ExecStage {
public:
    using ExecStage::ExecStage;

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        auto environment = co_await model_environment(in);
        ProgramInput input = co_await make_input(context, options_, tags, tags->query.mask);
        Asking asking(context);
        auto file = co_await asking.run(options_, std::move(input), std::move(environment));
        ScoreBatch scores =
            co_await on_io(context.io, read_scores, file, tags, std::ref(context.records));
        co_await asking.keep(std::move(file));
        auto batch = std::make_shared<ScoreBatch>(std::move(scores));
        co_await out.send(std::move(batch));
    }
};

class ExecLabel final : public ExecStage {
public:
    using ExecStage::ExecStage;

    /// Asks only about samples that the run has no answer for yet.
    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        auto answers =
            co_await on_io(context.io, open_answers, context.directory, tags, context.ask_again);
        const BitMask known = BitMask::of(answers->known().samples);
        if (!context.ask_again) refuse_lost(context, *tags, context.answered - known);
        const BitMask asked = labeled(*tags) - known;
        if (!asked.empty()) co_await ask(context, *answers, asked);
        auto batch = std::make_shared<LabelBatch>(answers->known().restricted_to(labeled(*tags)));
        co_await out.send(std::move(batch));
    }

private:
    static std::unique_ptr<Answers> open_answers(const std::filesystem::path& directory,
                                                 const TagSetPtr& tags,
                                                 bool ask_again) {
        make_folder(directory);
        return std::make_unique<Answers>(directory / "answers.jsonl", tags, ask_again);
    }

    /// Labels cost people's work: none is asked for again because a file is gone.
    static void refuse_lost(const StageContext& context, const TagSet& tags, const BitMask& lost) {
        if (lost.empty()) return;
        throw DataError(fmt::format(
            "{}: the labels of {} samples that the run has had are not there, such as that of "
            "'{}'; put the file back from a backup, or ask for them again with: trommel resume RUN "
            "--ask-again",
            (context.directory / "answers.jsonl").string(),
            lost.count(),
            tags.name(lost.indices().front())));
    }

    asio::awaitable<void> ask(StageContext& context, Answers& answers, BitMask asked) {
        ProgramInput input = co_await make_input(context, options_, answers.known().of, asked);
        answers.ask(asked, round_directory(context) / "output.jsonl", context.records);
        ProgramListener listener = [&answers](const std::vector<std::string>& lines) {
            answers.add(lines);
        };
        Asking asking(context);
        auto known = co_await asking.take_known(input);
        co_await on_io(context.io, listener, std::move(known));
        std::filesystem::path output;
        if (!input.samples.empty()) {
            std::map<std::string, std::string> none;
            output = co_await run_program(
                context, options_, std::move(input), std::move(none), std::move(listener));
        }
        answers.check();
        co_await asking.keep(std::move(output));
        const auto file = context.directory / "labels.csv";
        co_await on_io(context.io, write_labels, file, answers.known());
    }
};

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

/// The options that all exec stages share.
template <typename StageClass>
auto exec_type(std::string name, std::string help) {
    using Options = typename StageClass::Options;
    return StageType::of<StageClass>(std::move(name), std::move(help))
        .option("command",
                static_cast<Command Options::*>(&Options::command),
                "The program and its arguments, [python3, train.py]; runs in the folder of the "
                "file that names it.",
                {.required = true, .min = {}, .max = {}})
        .option("env",
                static_cast<EnvironmentVariables Options::*>(&Options::env),
                "Environment variables of the program, {API_TOKEN: '${secrets.token}'}.")
        .secret()
        .option("embeddings",
                static_cast<bool Options::*>(&Options::embeddings),
                "Whether records carry the sample's embedding.")
        .option("grace",
                static_cast<std::chrono::milliseconds Options::*>(&Options::grace),
                "How long a program that is stopped has to end before it is killed.")
        .runs_program();
}

}  // namespace

StageType exec_train() {
    return exec_type<ExecTrain>(
               "exec.train",
               "Trains with a program: reads {file_name, label} a line, leaves a model in "
               "$TROMMEL_MODEL_DIR.")
        .reads<LabelBatch>()
        .sends<DirectoryModel>()
        .caches({.version = 1, .whole = true, .knows_round = true});
}

StageType exec_predict() {
    return exec_type<ExecPredict>(
               "exec.predict",
               "Predicts with a program: reads {file_name} a line, writes {file_name, "
               "probabilities} a line, in any order.")
        .reads<TagSet>()
        .may_read<DirectoryModel>()
        .sends<ClassificationBatch>()
        .records_may_fail()
        .caches({.version = 1, .whole = true, .records = true, .knows_round = true});
}

StageType exec_score() {
    return exec_type<ExecScore>(
               "exec.score",
               "Scores with a program: reads {file_name} a line, writes {file_name, scores: "
               "{name: value}} a line, in any order; higher means label sooner.")
        .reads<TagSet>()
        .may_read<DirectoryModel>()
        .sends<ScoreBatch>()
        .records_may_fail()
        .caches({.version = 1, .whole = true, .records = true, .knows_round = true});
}

StageType exec_label() {
    return exec_type<ExecLabel>(
               "exec.label",
               "Labels with a program: reads {file_name} a line, writes {file_name, label} a "
               "line; asks about each sample once a run.")
        .reads<TagSet>()
        .sends<LabelBatch>()
        .records_may_fail()
        .caches({.version = 1, .records = true});
}

StageType exec_evaluate() {
    using Options = ExecEvaluate::Options;
    return exec_type<ExecEvaluate>(
               "exec.evaluate",
               "Measures with a program: reads the held-out {file_name} a line, writes one "
               "object {metric: value}.")
        .reads<DirectoryModel>()
        .sends<Metrics>()
        .caches({.version = 1, .whole = true, .knows_round = true})
        .option("metrics",
                &Options::metrics,
                "Names of the metrics that the program writes.",
                {.required = true, .min = {}, .max = {}})
        .measures([](const Options& options) { return options.metrics; })
        .needs_holdout();
}

}  // namespace trommel::stages
