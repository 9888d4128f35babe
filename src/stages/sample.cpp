#include "stages/round_tag.hpp"
#include "stages/stages.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

class Sample final : public Stage {
public:
    struct Options {
        SamplingMethod method = SamplingMethod::coreset;
        std::optional<std::string> score{};
        std::optional<std::int64_t> n_samples{};
        std::optional<std::int64_t> n_new{};
        double min_distance = -1;
    };

    explicit Sample(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        const SamplingRequest request = request_for(context, *tags);
        auto job = std::make_shared<SamplingJob>();
        job->of = tags;
        job->id = co_await start(context, request);
        co_await out.send(std::move(job));
    }

private:
    /// The job that an earlier attempt at the round has started, or a new one. One that has failed
    /// since would fail the round for ever, so it is left behind.
    static asio::awaitable<JobId> start(StageContext& context, SamplingRequest request) {
        const Effects::Act ask = [&](std::string key) -> asio::awaitable<std::string> {
            request.key = std::move(key);
            JobId id = co_await context.platform.sample(request);
            co_return id.text();
        };
        const Effects::IsThere is_known = [&](std::string id) {
            return knows(context.platform, JobId(std::move(id)));
        };
        for (int attempt = 1;; ++attempt) {
            const std::string name = attempt == 1 ? "job" : fmt::format("job-{}", attempt);
            EffectResult job = co_await context.effects.once(name, ask, is_known);
            JobId id(std::move(job.text));
            if (!job.earlier) co_return id;
            JobStatus status = co_await context.platform.job(id);
            if (status.state != JobState::failed) co_return id;
        }
    }

    static asio::awaitable<bool> knows(Platform& platform, JobId id) {
        try {
            co_await platform.job(id);
        } catch (const PlatformError& error) {
            if (error.reason() != PlatformError::Reason::not_found) throw;
            co_return false;
        }
        co_return true;
    }

    SamplingRequest request_for(const StageContext& context, const TagSet& tags) const {
        SamplingRequest request;
        request.dataset = tags.dataset.id;
        request.new_tag_name = round_tag_name(context);
        request.method = options_.method;
        request.query = tags.query.id;
        if (tags.preselected) request.preselected = tags.preselected->id;
        request.samples = total(tags);
        request.min_distance = options_.min_distance;
        request.score_type = options_.score;
        request.seed = context.seed;
        request.round = context.round;
        return request;
    }

    /// The size of the result, preselected samples included; none if nothing but the distance
    /// bounds it.
    std::optional<std::size_t> total(const TagSet& tags) const {
        const std::size_t chosen = tags.preselected ? tags.preselected->mask.count() : 0;
        if (options_.n_new) return chosen + static_cast<std::size_t>(*options_.n_new);
        if (options_.n_samples) return static_cast<std::size_t>(*options_.n_samples);
        return std::nullopt;
    }

    Options options_;
};

void check(const Sample::Options& options, const StageType::Complain& complain) {
    if (options.n_new && options.n_samples)
        complain("n_new",
                 "'n_new' and 'n_samples' exclude each other: give the size of the batch or of the "
                 "result");
    if (!options.n_new && !options.n_samples && options.min_distance < 0)
        complain("n_new",
                 "nothing bounds the selection: give 'n_new', 'n_samples' or 'min_distance'");
}

}  // namespace

StageType sample() {
    using Options = Sample::Options;
    return StageType::of<Sample>("sample", "Asks the platform to select samples; does not wait.")
        .reads<TagSet>()
        .sends<SamplingJob>()
        .acts_outside()
        .choice("method",
                &Options::method,
                "How to choose.",
                {{"RANDOM", SamplingMethod::random},
                 {"CORESET", SamplingMethod::coreset},
                 {"CORAL", SamplingMethod::coral},
                 {"ACTIVE_LEARNING", SamplingMethod::active_learning}})
        .option("score",
                &Options::score,
                "Which score CORAL and ACTIVE_LEARNING go by, the newest of the query tag by "
                "default; the "
                "others do not look at scores.")
        .option("n_samples",
                &Options::n_samples,
                "Size of the result, preselected samples included.",
                {.required = false, .min = 1, .max = {}})
        .option("n_new",
                &Options::n_new,
                "How many samples to add.",
                {.required = false, .min = 1, .max = {}})
        .option("min_distance",
                &Options::min_distance,
                "Stop before a sample nearer than this to a chosen one; below 0 is off.")
        .check(check);
}

}  // namespace trommel::stages
