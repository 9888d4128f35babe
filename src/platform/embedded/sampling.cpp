#include "platform/embedded/sampling.hpp"

#include "platform/embedded/catalog.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::embedded {

namespace {

using Reason = PlatformError::Reason;

void check_min_distance(double distance) {
    if (!std::isfinite(distance))
        throw PlatformError(
            Reason::invalid,
            fmt::format("min_distance is {}; give a number, -1 for none", distance));
}

/// The dataset's embeddings with this id, by default the newest.
Embedding embedding_for(Store& store,
                        const Dataset& dataset,
                        const std::optional<EmbeddingId>& id) {
    const auto all = store.embeddings(dataset.id);
    if (all.empty())
        throw PlatformError(
            Reason::not_found,
            fmt::format(
                "dataset '{}' has no embeddings, which this selection needs; upload them, or "
                "select by random or active_learning without min_distance",
                dataset.name));
    if (!id) return all.back();
    check_embedding_exists(store, dataset.id, *id);
    return *store.embedding(*id);
}

void check_rows_cover(const Embedding& embedding, const Tag& tag) {
    if (tag.mask.end() > embedding.rows)
        throw PlatformError(
            Reason::invalid,
            fmt::format("embeddings '{}' have {} rows but tag '{}' reaches to sample {}; upload "
                        "embeddings of all samples",
                        embedding.name,
                        embedding.rows,
                        tag.name,
                        tag.mask.end() - 1));
}

[[noreturn]] void fail_without_scores(const Tag& query,
                                      const selection::Strategy& strategy,
                                      const std::string& type) {
    throw PlatformError(
        Reason::not_found,
        fmt::format("tag '{}' has no scores{}, which {} goes by; upload them first{}",
                    query.name,
                    type.empty() ? "" : " '" + type + "'",
                    strategy.name,
                    type.empty() ? "" : ", or name others as the score"));
}

/// The scores of the query tag to go by; none for a strategy that does without.
std::optional<std::string> score_type_for(Store& store,
                                          const Tag& query,
                                          const selection::Strategy& strategy,
                                          const std::optional<std::string>& asked) {
    const auto usual = strategy.usual_score;  // also of what can do without scores
    if (!strategy.needs_scores && usual.empty()) return std::nullopt;
    const auto all = store.scores(query.id);
    const std::string type = asked.value_or(std::string(usual));
    if (std::ranges::count(all, type, &Score::type) > 0) return type;
    const bool may_be_another = !asked && !strategy.needs_usual_score;
    if (may_be_another && !all.empty()) return all.back().type;
    if (!strategy.needs_scores && !asked) return std::nullopt;
    fail_without_scores(query, strategy, may_be_another ? std::string() : type);
}

/// The request's strategy, its settings each written in one way.
selection::StrategyChoice checked_strategy(const SamplingRequest& request) {
    try {
        auto strategy = selection::checked_for_job(request.strategy);
        const bool is_similarity = strategy.name == "similarity";
        if (is_similarity == request.similar_to.has_value()) return strategy;
        throw DataError(is_similarity ? "similarity needs samples to be near to: name a tag of them"
                                      : strategy.name + " does not look at the tag similar_to");
    } catch (const DataError& error) {
        throw PlatformError(Reason::invalid, error.what());
    }
}

/// How many samples there are to pick, unless min_distance stops it before.
std::size_t wanted_picks(const store::JobRequest& request,
                         const BitMask& query,
                         const BitMask& preselected) {
    const std::size_t open = (query - preselected).count();
    if (!request.samples) return open;
    return std::min(open, *request.samples - std::min(*request.samples, preselected.count()));
}

selection::Ending ending_of(const Assignment& assignment, std::size_t picks) {
    const auto& request = assignment.job.request;
    std::optional<std::size_t> wanted;
    if (request.samples)
        wanted = *request.samples - std::min(*request.samples, assignment.preselected.count());
    const auto open = (assignment.query - assignment.preselected).count();
    return selection::ending_of(picks, open, wanted, request.min_distance);
}

/// Reads the job's tags: only those of an unfinished one are sure to be there.
JobProgress progress_of(Store& store, const store::Job& job) {
    JobProgress progress{.picks = job.picks};
    const auto query = store.tag(job.request.query);
    if (has_ended(job.state) || !query) return progress;
    BitMask preselected;
    if (job.request.preselected)
        preselected = tag(store, job.request.dataset, *job.request.preselected).mask;
    progress.wanted = wanted_picks(job.request, query->mask, preselected);
    return progress;
}

/// The scores (of the samples in `query`) of those samples that are also in `chosen`.
std::vector<double> scores_of(const std::vector<SampleIndex>& chosen,
                              const BitMask& query,
                              const std::vector<double>& scores) {
    std::vector<double> kept;
    if (scores.empty()) return kept;
    kept.reserve(chosen.size());
    std::size_t place = 0;
    auto next = chosen.begin();
    for (const auto sample : query.indices()) {
        if (next != chosen.end() && *next == sample) {
            kept.push_back(scores[place]);
            ++next;
        }
        ++place;
    }
    return kept;
}

store::Job find_job(Store& store, const JobId& id) {
    auto job = store.job(id);
    if (!job)
        throw PlatformError(Reason::not_found,
                            fmt::format("there is no job with id '{}'", id.text()));
    return *std::move(job);
}

/// The first field in which `request` asks for something else than `job` was asked for; null for
/// none. What it leaves to the platform is no difference.
const char* difference(const store::JobRequest& job, const SamplingRequest& request) {
    const auto differs = [](const auto& asked, const auto& was) {
        return asked && was && *asked != *was;
    };
    if (request.new_tag_name != job.new_tag_name) return "new_tag_name";
    if (checked_strategy(request) != job.strategy) return "strategy";
    if (request.similar_to != job.similar_to) return "similar_to";
    if (!request.query.empty() && request.query != job.query) return "query";
    if (request.preselected != job.preselected) return "preselected";
    if (request.samples != job.samples) return "samples";
    if (request.min_distance != job.min_distance) return "min_distance";
    if (differs(request.embedding, job.embedding)) return "embedding";
    if (differs(request.score_type, job.score_type)) return "score_type";
    if (request.seed != job.seed) return "seed";
    if (request.round != job.round) return "round";
    return nullptr;
}

/// The job that the request's key stands for, if it has one and the dataset knows it.
std::optional<JobId> job_of_key(Store& store, const SamplingRequest& request) {
    if (request.key.empty()) return std::nullopt;
    const auto job = store.find_job(request.dataset, request.key);
    if (!job) return std::nullopt;
    if (const auto* field = difference(job->request, request))
        throw PlatformError(Reason::invalid,
                            fmt::format("the key '{}' belongs to job {}, which was asked for with "
                                        "another '{}'; repeat that request as it was, or take "
                                        "another key",
                                        request.key,
                                        job->id.text(),
                                        field));
    return job->id;
}

/// A tag that has grown since its scores came has more samples than these.
void check_scores_cover(const std::vector<double>& scores,
                        const BitMask& query,
                        const store::JobRequest& request) {
    if (!request.score_type || scores.size() == query.count()) return;
    throw PlatformError(Reason::invalid,
                        fmt::format("there are {} scores '{}' but the query tag has {} samples; "
                                    "upload scores of all of them",
                                    scores.size(),
                                    *request.score_type,
                                    query.count()));
}

/// A token that stops as soon as one of two does.
class Either {
public:
    Either(std::stop_token a, const std::stop_token& b)
        : a_(std::move(a), Stop{&both_}), b_(b, Stop{&both_}) {}

    std::stop_token token() const { return both_.get_token(); }

private:
    struct Stop {
        std::stop_source* source;
        void operator()() const { source->request_stop(); }
    };

    std::stop_source both_;
    std::stop_callback<Stop> a_;
    std::stop_callback<Stop> b_;
};

/// An eighth of the time that the job has taken so far, so that waiting adds little to it.
std::chrono::microseconds poll_after(Timestamp created_at) {
    using std::chrono::microseconds;
    return std::clamp(
        microseconds(now() - created_at) / 8, microseconds(100), microseconds(1000000));
}

}  // namespace

Accepted accept(Store& store, const SamplingRequest& request) {
    const auto owner = dataset(store, request.dataset);
    if (const auto job = job_of_key(store, request)) return {.id = *job, .is_new = false};
    check_tag_name(request.new_tag_name);
    check_min_distance(request.min_distance);
    const auto query =
        request.query.empty() ? initial_tag(store, owner.id) : tag(store, owner.id, request.query);
    std::optional<Tag> preselected;
    if (request.preselected) preselected = tag(store, owner.id, *request.preselected);
    const auto choice = checked_strategy(request);
    const auto& strategy = selection::named_strategy(choice.name);
    const auto missing = selection::missing_number(strategy, request.samples.has_value());
    if (!missing.empty()) throw PlatformError(Reason::invalid, missing);

    store::JobRequest job{.dataset = owner.id,
                          .new_tag_name = request.new_tag_name,
                          .strategy = choice,
                          .similar_to = request.similar_to,
                          .query = query.id,
                          .preselected = request.preselected,
                          .samples = request.samples,
                          .min_distance = request.min_distance,
                          .embedding = {},
                          .score_type = {},
                          .seed = request.seed,
                          .round = request.round,
                          .key = request.key};
    if (strategy.needs_embeddings || request.min_distance >= 0) {
        const auto embedding = embedding_for(store, owner, request.embedding);
        check_rows_cover(embedding, query);
        if (preselected) check_rows_cover(embedding, *preselected);
        if (request.similar_to)
            check_rows_cover(embedding, tag(store, owner.id, *request.similar_to));
        job.embedding = embedding.id;
    }
    job.score_type = score_type_for(store, query, strategy, request.score_type);

    JobId id(new_id());
    try {
        store.add_job(id, job, now());
    } catch (const store::StoreError&) {
        // Another process may have come first, with the same key.
        const auto other = job_of_key(store, request);
        if (!other) throw;
        return {.id = *other, .is_new = false};
    }
    return {.id = id, .is_new = true};
}

std::shared_ptr<const Assignment> begin(Store& store, const JobId& id) {
    auto assignment = std::make_shared<Assignment>();
    assignment->job = find_job(store, id);
    if (has_ended(assignment->job.state)) return nullptr;
    const auto& request = assignment->job.request;
    assignment->query = tag(store, request.dataset, request.query).mask;
    if (request.preselected)
        assignment->preselected = tag(store, request.dataset, *request.preselected).mask;
    if (request.similar_to)
        assignment->similar_to = tag(store, request.dataset, *request.similar_to).mask;
    assignment->scores = store.job_scores(id);
    check_scores_cover(assignment->scores, assignment->query, request);
    assignment->made = store.picks(id);
    store.mark_running(id);
    return assignment;
}

std::vector<Pick> choose(std::stop_token stop,
                         const std::shared_ptr<const Assignment>& assignment,
                         const std::shared_ptr<const Matrix>& rows,
                         const std::shared_ptr<PickKeeper>& keeper,
                         const std::stop_token& cancelled) {
    const Either either(std::move(stop), cancelled);
    const auto& request = assignment->job.request;
    const auto candidates = (assignment->query - assignment->preselected).indices();
    const auto wanted = wanted_picks(request, assignment->query, assignment->preselected);
    if (wanted == 0) return {};

    const auto preselected = assignment->preselected.indices();
    const auto scores = scores_of(candidates, assignment->query, assignment->scores);
    const auto similar_to = assignment->similar_to.indices();
    selection::Task task{.pool = {.candidates = candidates,
                                  .preselected = preselected,
                                  .embeddings = rows.get(),
                                  .scores = scores},
                         .stop = {.picks = {}, .min_distance = request.min_distance},
                         .random = Random(request.seed, request.round, "sample"),
                         .progress = {.made = assignment->made,
                                      .picked = [&](const Pick& pick) { keeper->add(pick); },
                                      .cancelled = either.token()},
                         .options = selection::options_of(request.strategy)};
    if (request.samples) task.stop.picks = wanted;
    task.options.query = similar_to;
    try {
        return selection::select(selection::named_strategy(request.strategy.name), task);
    } catch (const Interrupted&) {
        keeper->send();
        throw;
    }
}

void finish(Store& store,
            const std::shared_ptr<const Assignment>& assignment,
            const std::vector<Pick>& picks) {
    const auto& request = assignment->job.request;
    auto mask = assignment->preselected;
    for (const auto& pick : picks) mask.insert(pick.sample);
    const Tag result{
        .id = TagId(new_id()),
        .dataset = request.dataset,
        .name = request.new_tag_name,
        .mask = std::move(mask),
        .total = dataset(store, request.dataset).sample_count,
        .previous = request.preselected.value_or(initial_tag(store, request.dataset).id),
        .query = request.query,
        .preselected = request.preselected,
        .created_at = now()};
    store.finish_job(assignment->job.id, result, picks, ending_of(*assignment, picks.size()));
}

bool has_ended(JobState state) { return state == JobState::finished || state == JobState::failed; }

JobStatus status(Store& store, const JobId& id) {
    const auto job = find_job(store, id);
    return {.id = id,
            .state = job.state,
            .progress = progress_of(store, job),
            .result = job.result,
            .ending = job.ending,
            .error = job.error,
            .poll_after = poll_after(job.created_at)};
}

DatasetId dataset_of_job(Store& store, const JobId& id) {
    return find_job(store, id).request.dataset;
}

void cancel(Store& store, const JobId& id) {
    find_job(store, id);
    store.fail_job(id, "cancelled on request");
}

std::vector<Pick> picks(Store& store, const JobId& id) {
    const auto state = find_job(store, id).state;
    if (state != JobState::finished)
        throw PlatformError(Reason::invalid,
                            fmt::format("job '{}' is {} and has no picks; ask for them once it is "
                                        "FINISHED",
                                        id.text(),
                                        to_string(state)));
    return store.picks(id);
}

}  // namespace trommel::embedded
