// Labels by a program, which may be people behind one.

#include "stages/programs/answers.hpp"
#include "stages/programs/asking.hpp"
#include "stages/programs/exec_records.hpp"
#include "stages/programs/exec_stage.hpp"
#include "stages/stages.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

BitMask labeled(const TagSet& tags) {
    return tags.preselected ? tags.preselected->mask : BitMask();
}

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

}  // namespace

StageType exec_label() {
    return exec_type<ExecLabel>("exec.label",
                                "Labels with a program: reads {file_name} per line, writes "
                                "{file_name, label} per line; asks once per sample and run.")
        .reads<TagSet>()
        .sends<LabelBatch>()
        .records_may_fail()
        .caches({.version = 1, .records = true});
}

}  // namespace trommel::stages
