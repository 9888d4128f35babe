// Predictions by a program.

#include "stages/join/prediction_join.hpp"
#include "stages/programs/asking.hpp"
#include "stages/programs/exec_stage.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {
namespace {

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

}  // namespace

StageType exec_predict() {
    return exec_type<ExecPredict>("exec.predict",
                                  "Predicts with a program: reads {file_name} per line, writes "
                                  "{file_name, probabilities} per line, in any order.")
        .reads<TagSet>()
        .may_read<DirectoryModel>()
        .sends<ClassificationBatch>()
        .records_may_fail()
        .caches({.version = 1, .whole = true, .records = true, .knows_round = true});
}

}  // namespace trommel::stages
