// Selections: a trommel server takes a request whole, Lightly what its API can say.
#include "platform/lightly/answers.hpp"
#include "platform/lightly/impl.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

namespace trommel {

using Reason = PlatformError::Reason;
using lightly::Call;
using lightly::Refused;
using lightly::Reply;

namespace {

/// Appears for a job whose id was lost: the tag that it made.
constexpr std::string_view by_tag = "tag-";

template <typename T>
bool is_finite(const T&) {
    return true;
}
bool is_finite(double number) { return std::isfinite(number); }
bool is_finite(const std::optional<double>& number) { return !number || is_finite(*number); }

void check(const SamplingRequest& request) {
    for_each_field(request_fields, [&](const auto& each) {
        if (!is_finite(each.of(request)))
            throw PlatformError(Reason::invalid,
                                fmt::format("{} is not a finite number", each.info.name));
    });
}

/// Lightly's name of the strategy, as it has no others.
SamplingMethod method_for(const SamplingRequest& request) {
    const auto& strategy = request.strategy;
    if (request.proportion || !strategy.thresholds.empty())
        throw PlatformError(
            Reason::invalid,
            fmt::format("Lightly cannot select with {}; give it the number of samples and all of "
                        "them, or select on the embedded platform or a trommel server",
                        request.proportion ? "a proportion" : "thresholds"));
    const auto method = method_of(strategy.name);
    if (method && strategy.settings.empty()) return *method;
    throw PlatformError(
        Reason::invalid,
        fmt::format("Lightly cannot select by {}{}; it knows random, coreset, coral and "
                    "active_learning, without options. Select on the embedded platform or a "
                    "trommel server, or with 'trommel select'",
                    strategy.name,
                    method ? " with " + selection::to_text(strategy.settings) : ""));
}

wire::LightlySampling lightly_request(const SamplingRequest& request, std::size_t row_count) {
    wire::LightlySampling sampling{.new_tag_name = request.new_tag_name,
                                   .method = method_for(request),
                                   .preselected = request.preselected,
                                   .query = request.query,
                                   .score_type = request.score_type,
                                   .rows = static_cast<std::int64_t>(row_count)};
    auto& stop = sampling.config.stop;
    stop.samples = request.samples ? static_cast<double>(*request.samples) : -1;
    stop.min_distance = request.min_distance;
    return sampling;
}

std::chrono::microseconds poll_after(const http::Headers& headers) {
    const auto text = headers.get("Trommel-Poll-After");
    std::int64_t microseconds = 1000;
    std::from_chars(text.data(), text.data() + text.size(), microseconds);
    return std::chrono::microseconds(std::max<std::int64_t>(microseconds, 1));
}

/// Which of the new samples came first is not known.
std::vector<Pick> ascending(const BitMask& chosen) {
    std::vector<Pick> picks;
    for (const auto sample : chosen.indices()) picks.push_back({.sample = sample});
    return picks;
}

/// The embedding to select by, by default the newest.
EmbeddingId embedding_of(const SamplingRequest& request, const std::vector<Embedding>& all) {
    if (request.embedding) return *request.embedding;
    if (all.empty())
        throw PlatformError(Reason::not_found,
                            "the dataset has no embeddings, which Lightly selects by");
    return all.back().id;
}

}  // namespace

asio::awaitable<JobId> LightlyPlatform::sample(SamplingRequest request) {
    check(request);
    const bool is_trommel = co_await impl_->api.is_trommel();
    Call call;
    if (is_trommel) {
        call = lightly::post(
            "/v1/trommel/datasets/" + http::percent_encoded(request.dataset.text()) + "/samplings",
            wire::to_json(request));
        call.key = request.key;
    } else {
        method_for(request);  // before anything is asked
        const std::vector<Embedding> all = co_await embeddings(request.dataset);
        const EmbeddingId id = embedding_of(request, all);
        const Dataset whole = co_await dataset(request.dataset);
        call = lightly::post(path_of(request.dataset) + "/embeddings/" +
                                 http::percent_encoded(id.text()) + "/sampling",
                             wire::to_json(lightly_request(request, whole.sample_count)));
    }
    std::exception_ptr taken;
    try {
        const Reply reply = co_await impl_->api.send(std::move(call));
        JobId job(lightly::field_of(reply.text, "jobId"));
        impl_->remember(job, request.dataset);
        co_return job;
    } catch (const Refused& refused) {
        const bool may_be_own = refused.tries() > 1 || !request.key.empty();
        if (is_trommel || refused.reason() != Reason::exists || !may_be_own) throw;
        taken = std::current_exception();
    }
    // Lightly knows no keys: what the caller asked for before has made this tag.
    const auto tag = co_await find_tag(request.dataset, request.new_tag_name);
    if (!tag || tag->preselected != request.preselected) std::rethrow_exception(taken);
    JobId job(std::string(by_tag) + tag->id.text());
    impl_->remember(job, request.dataset);
    co_return job;
}

asio::awaitable<JobStatus> LightlyPlatform::job(JobId id) {
    if (id.text().starts_with(by_tag)) {
        JobStatus status;
        status.id = id;
        status.state = JobState::finished;
        status.result = TagId(id.text().substr(by_tag.size()));
        status.dataset = impl_->dataset_of(id);
        co_return status;
    }
    const auto name = http::percent_encoded(id.text());
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (!is_trommel) {
        const std::string json = co_await impl_->text("/v1/jobs/" + name);
        JobStatus status = lightly::lightly_job_of(json);
        if (status.dataset.empty()) status.dataset = impl_->dataset_of(id);
        co_return status;
    }
    Call call = lightly::get("/v1/trommel/jobs/" + name);
    const Reply reply = co_await impl_->api.send(std::move(call));
    JobStatus status = lightly::trommel_job_of(reply.text);
    status.poll_after = poll_after(reply.headers);
    co_return status;
}

asio::awaitable<std::vector<ListedJob>> LightlyPlatform::jobs() {
    const std::string json = co_await impl_->text("/v1/jobs");
    co_return lightly::jobs_of(json);
}

asio::awaitable<void> LightlyPlatform::cancel_job(JobId id) {
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (!is_trommel) co_return;
    Call call;
    call.method = "DELETE";
    call.target = "/v1/trommel/jobs/" + http::percent_encoded(id.text());
    co_await impl_->api.send(std::move(call));
}

asio::awaitable<std::vector<Pick>> LightlyPlatform::picks(JobId id) {
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (is_trommel) {
        const std::string json =
            co_await impl_->text("/v1/trommel/jobs/" + http::percent_encoded(id.text()) + "/picks");
        co_return lightly::picks_of(json);
    }
    const JobStatus status = co_await job(id);
    if (status.state != JobState::finished)
        throw PlatformError(Reason::invalid,
                            fmt::format("job '{}' has not finished; wait for it", id.text()));
    DatasetId dataset = status.dataset;
    if (dataset.empty()) dataset = co_await impl_->dataset_of(*status.result);
    const Tag result = co_await tag(dataset, *status.result);
    BitMask chosen = result.mask;
    if (result.preselected) {
        const Tag before = co_await tag(dataset, *result.preselected);
        chosen -= before.mask;
    }
    co_return ascending(chosen);
}

}  // namespace trommel
