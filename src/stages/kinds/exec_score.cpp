// Scores by a program.

#include "stages/programs/asking.hpp"
#include "stages/programs/exec_records.hpp"
#include "stages/programs/exec_stage.hpp"
#include "stages/stages.hpp"
#include "trommel/runtime/io_pool.hpp"

namespace trommel::stages {
namespace {

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

}  // namespace

StageType exec_score() {
    return exec_type<ExecScore>(
               "exec.score",
               "Scores with a program: reads {file_name} per line, writes {file_name, scores: "
               "{name: value}} per line, in any order; higher means label sooner.")
        .reads<TagSet>()
        .may_read<DirectoryModel>()
        .sends<ScoreBatch>()
        .records_may_fail()
        .caches({.version = 1, .whole = true, .records = true, .knows_round = true});
}

}  // namespace trommel::stages
