#include "stages/stages.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

class PollJob final : public Stage {
public:
    struct Options {};

    explicit PollJob(const Options&) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto job = co_await in.value<SamplingJob>();
        JobStatus status = co_await finished(context, job->id);
        TagId result = status.result.value();
        auto tags = std::make_shared<TagSet>(*job->of);
        tags->preselected = co_await context.platform.tag(tags->dataset.id, result);
        tags->outcome = status.outcome;
        tags->added = co_await context.platform.picks(job->id);
        if (!context.database.empty()) refuse_other_picks(context, *job->of, *tags);
        co_await out.send(std::move(tags));
    }

private:
    /// What was chosen appears in the database twice: as picks, and as the tag that has grown by
    /// them.
    static void refuse_other_picks(const StageContext& context,
                                   const TagSet& before,
                                   const TagSet& after) {
        std::vector<SampleIndex> picks;
        for (const Pick& pick : after.added) picks.push_back(pick.sample);
        BitMask grown = after.preselected->mask;
        if (before.preselected) grown -= before.preselected->mask;
        if (grown == BitMask::of(picks)) return;
        throw DataError(
            fmt::format("{}: the picks of a selection are not the samples that the tag '{}' has "
                        "grown by; put it back from a backup, or begin a new run",
                        context.database.string(),
                        after.preselected->name));
    }

    /// Asks as often as the platform hints until the job has ended.
    static asio::awaitable<JobStatus> finished(StageContext& context, JobId id) {
        for (;;) {
            JobStatus status = co_await context.platform.job(id);
            if (status.state == JobState::failed)
                throw DataError(fmt::format("the selection failed: {}", status.error));
            if (status.state == JobState::finished) co_return status;
            const auto then = context.clock.now() + status.poll_after;
            co_await context.clock.sleep_until(then);
        }
    }
};

}  // namespace

StageType poll_job() {
    return StageType::of<PollJob>("poll_job", "Waits for the selection job and sends its tag.")
        .reads<SamplingJob>()
        .sends<TagSet>();
}

}  // namespace trommel::stages
