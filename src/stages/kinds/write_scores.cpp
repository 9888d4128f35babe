// Scores as tables on the disk, one a round: for files too large to be scored in one go.

#include "stages/join/round_tag.hpp"
#include "stages/stages.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

std::vector<std::string> types_of(const ScoreBatch& batch) {
    std::vector<std::string> types;
    for (const auto& [type, values] : batch.columns) types.push_back(type);
    return types;
}

/// `file_name` and a column for each score, a row for each sample in the order of their coming.
class ScoreTable {
public:
    /// What an attempt that failed has left there is gone.
    explicit ScoreTable(const std::filesystem::path& file) : file_(file) { file_.cut(0); }

    void add(const ScoreBatch& batch) {
        if (types_.empty()) begin(batch);
        if (types_of(batch) != types_)
            throw DataError(
                fmt::format("{}: batches came with different scores", file_.path().string()));
        std::string rows;
        for (std::size_t i = 0; i < batch.samples.size(); ++i) {
            rows += csv_field(batch.of->name(batch.samples[i]));
            for (const auto& [type, values] : batch.columns) rows += ',' + shortest(values[i]);
            rows += '\n';
        }
        file_.append(rows);
    }

    void sync() { file_.sync(); }

private:
    void begin(const ScoreBatch& batch) {
        types_ = types_of(batch);
        std::string header = "file_name";
        for (const auto& type : types_) header += ',' + csv_field(type);
        file_.append(header + '\n');
    }

    GrowingFile file_;
    std::vector<std::string> types_;
};

class WriteScores final : public Stage {
public:
    struct Options {};

    explicit WriteScores(const Options&) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        make_folder(context.directory);
        ScoreTable table(context.directory / fmt::format("scores-{}.csv", context.round));
        TagSetPtr of;
        BitMask scored;
        while (auto batch = co_await in.receive<ScoreBatch>()) {
            if (!of) scored = earlier(*(of = batch->of));
            note(*batch, scored);
            co_await on_io(context.io, add, std::ref(table), batch);
        }
        if (!of) throw DataError("no scores arrived; there is nothing to write");
        co_await on_io(context.io, sync, std::ref(table));
        auto tags = co_await with_scored(context, std::move(of), std::move(scored));
        co_await out.send(std::move(tags));
    }

private:
    static void add(ScoreTable& table, const std::shared_ptr<const ScoreBatch>& batch) {
        table.add(*batch);
    }
    static void sync(ScoreTable& table) { table.sync(); }

    static BitMask earlier(const TagSet& of) {
        return of.preselected ? of.preselected->mask : BitMask();
    }

    static void note(const ScoreBatch& batch, BitMask& scored) {
        for (const SampleIndex sample : batch.samples) {
            if (scored.contains(sample))
                throw DataError(
                    fmt::format("sample '{}' was scored before", batch.of->name(sample)));
            scored.insert(sample);
        }
    }

    /// The same samples to choose from, preselected all that have been scored.
    static asio::awaitable<TagSetPtr> with_scored(StageContext& context,
                                                  TagSetPtr of,
                                                  BitMask scored) {
        auto tags = std::make_shared<TagSet>(*of);
        tags->preselected = co_await make_round_tag(context, std::move(of), std::move(scored));
        co_return tags;
    }
};

}  // namespace

StageType write_scores() {
    return StageType::of<WriteScores>("write_scores",
                                      "Writes scores to stages/STAGE/scores-ROUND.csv in the run "
                                      "directory and sends the samples scored so far.")
        .reads<ScoreBatch>()
        .sends<TagSet>();
}

}  // namespace trommel::stages
