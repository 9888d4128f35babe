#include "stages/stages.hpp"

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
        tags->ending = status.ending;
        tags->recall = status.recall;
        tags->memory = status.memory;
        tags->added = co_await context.platform.picks(job->id);
        co_await out.send(std::move(tags));
    }

private:
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
    return StageType::of<PollJob>("poll_job",
                                  "Waits for a selection and sends the tag that it made.")
        .reads<SamplingJob>()
        .sends<TagSet>();
}

}  // namespace trommel::stages
