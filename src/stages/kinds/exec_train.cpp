// Training by a program.

#include "stages/programs/exec_stage.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {
namespace {

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

}  // namespace

StageType exec_train() {
    return exec_type<ExecTrain>("exec.train",
                                "Trains with a program: reads {file_name, label} per line, writes "
                                "a model to $TROMMEL_MODEL_DIR.")
        .reads<LabelBatch>()
        .sends<DirectoryModel>()
        .caches({.version = 1, .whole = true, .knows_round = true});
}

}  // namespace trommel::stages
