#include "platform/embedded/sampling.hpp"

#include "platform/embedded/catalog.hpp"
#include "trommel/core/machine.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/selection/goal_choice.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <numeric>
#include <utility>

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
        const bool needs_query = selection::needs_query(strategy);
        if (needs_query == request.similar_to.has_value()) return strategy;
        throw DataError(needs_query ? "similarity needs samples to be near to: name a tag of them"
                                    : strategy.name + " does not look at the tag similar_to");
    } catch (const DataError& error) {
        throw PlatformError(Reason::invalid, error.what());
    }
}

/// Throws PlatformError if the proportion is no share.
void check_proportion(const selection::Stop& stop) {
    try {
        selection::most_picks(stop, 0);
    } catch (const DataError& error) {
        throw PlatformError(Reason::invalid, error.what());
    }
}

/// The scores that goals and thresholds name have to be there.
void check_named_scores(Store& store, const Tag& query, const selection::StrategyChoice& choice) {
    const auto all = store.scores(query.id);
    for (const auto& type : selection::named_scores(choice)) {
        if (std::ranges::count(all, type, &Score::type) > 0) continue;
        throw PlatformError(
            Reason::not_found,
            fmt::format("tag '{}' has no scores '{}', which a goal or threshold names; upload them "
                        "first",
                        query.name,
                        type));
    }
}

selection::Stop stop_of(const store::JobRequest& request, const BitMask& preselected) {
    selection::Stop stop{
        .picks = {}, .proportion = request.proportion, .min_distance = request.min_distance};
    if (request.samples)
        stop.picks = *request.samples - std::min(*request.samples, preselected.count());
    return stop;
}

/// How many samples there are to pick, unless a distance or threshold stops it before.
std::size_t wanted_picks(const store::JobRequest& request,
                         const BitMask& query,
                         const BitMask& preselected) {
    return selection::most_picks(stop_of(request, preselected), (query - preselected).count());
}

/// The least and the most bytes that a job takes, embeddings and scores included: pairs within a
/// radius are not known before.
struct Memory {
    std::size_t least = 0;
    std::size_t most = 0;
};

Memory memory_of(const store::JobRequest& request,
                 const std::optional<Embedding>& embedding,
                 const BitMask& query,
                 const BitMask& preselected,
                 const BitMask& similar_to) {
    const auto candidates = (query - preselected).count();
    selection::Extent extent{.candidates = candidates,
                             .dimensions = embedding ? embedding->dimensions : 0,
                             .picks = wanted_picks(request, query, preselected),
                             .preselected = preselected.count(),
                             .rows = embedding ? embedding->rows : 0,
                             .query = similar_to.count()};
    auto options = selection::options_of(request.strategy);
    for (const auto& text : request.strategy.goals) {
        const auto goal = selection::parse_goal(text);
        options.goals.push_back({.kind = goal.kind});
        if (goal.kind == selection::Goal::Kind::balance)
            extent.classes += selection::parse_categories(goal.of).size();
    }
    options.thresholds.resize(request.strategy.thresholds.size());
    const auto& strategy = selection::named_strategy(request.strategy.name);
    // Scores of the query tag and of the candidates alone, these once more where they are
    // balanced, and both sets.
    const std::size_t columns =
        (request.score_type ? 1 : 0) + selection::named_scores(request.strategy).size();
    const std::size_t data = extent.rows * extent.dimensions * sizeof(float) +
                             (2 * columns + extent.classes + 2) * sizeof(double) * query.count() +
                             4 * sizeof(Pick) * extent.picks;
    const auto most = selection::memory_bound(strategy, options, extent);
    extent.pairs = candidates;
    return {.least = data + selection::memory_bound(strategy, options, extent),
            .most = data + most};
}

void check_fits(const Memory& needed, std::size_t memory) {
    if (needed.least <= memory) return;
    throw PlatformError(
        Reason::invalid,
        fmt::format("this selection takes up to {} of memory, and there are {}; choose from fewer "
                    "samples, by another strategy, or on a machine with more",
                    in_mebibytes(needed.least),
                    in_mebibytes(memory)));
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

template <typename T>
bool differs(const std::optional<T>& asked, const std::optional<T>& was) {
    return asked && was && *asked != *was;
}

/// The first field in which `request` asks for something else than `job` was asked for; null for
/// none. What it leaves to the platform is no difference.
const char* difference(const store::JobRequest& job, const SamplingRequest& request) {
    const std::array fields{
        std::pair{"new_tag_name", request.new_tag_name != job.new_tag_name},
        std::pair{"strategy", checked_strategy(request) != job.strategy},
        std::pair{"similar_to", request.similar_to != job.similar_to},
        std::pair{"query", !request.query.empty() && request.query != job.query},
        std::pair{"preselected", request.preselected != job.preselected},
        std::pair{"samples", request.samples != job.samples},
        std::pair{"proportion", request.proportion != job.proportion},
        std::pair{"min_distance", request.min_distance != job.min_distance},
        std::pair{"embedding", differs(request.embedding, job.embedding)},
        std::pair{"score_type", differs(request.score_type, job.score_type)},
        std::pair{"seed", request.seed != job.seed},
        std::pair{"round", request.round != job.round},
    };
    const auto* const first =
        std::ranges::find(fields, true, &std::pair<const char*, bool>::second);
    return first == fields.end() ? nullptr : first->first;
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
                        const std::string& type) {
    if (scores.size() == query.count()) return;
    throw PlatformError(Reason::invalid,
                        fmt::format("there are {} scores '{}' but the query tag has {} samples; "
                                    "upload scores of all of them",
                                    scores.size(),
                                    type,
                                    query.count()));
}

/// What the job's goals and thresholds name, of its candidates alone, and options that view it.
class JobOptions {
public:
    JobOptions(const Assignment& assignment, const std::vector<SampleIndex>& candidates)
        : query_(assignment.similar_to.indices()) {
        const auto& strategy = assignment.job.request.strategy;
        for (const auto& [type, scores] : assignment.named)
            values_[type] = scores_of(candidates, assignment.query, scores);
        options_ = selection::options_of(strategy);
        options_.query = query_;
        for (const auto& text : strategy.goals) {
            const auto choice = selection::parse_goal(text);
            selection::Goal goal{.kind = choice.kind, .strength = choice.strength};
            if (goal.kind == selection::Goal::Kind::weights) goal.values = values_.at(choice.of);
            if (goal.kind == selection::Goal::Kind::similarity) goal.query = query_;
            if (goal.kind == selection::Goal::Kind::balance)
                goal.distribution = distribution_over(choice, assignment, candidates.size());
            options_.goals.push_back(std::move(goal));
        }
        for (const auto& text : strategy.thresholds) {
            const auto choice = selection::parse_threshold(text, "SCORE");
            options_.thresholds.push_back(choice.over(values_.at(choice.of)));
        }
    }
    JobOptions(const JobOptions&) = delete;
    JobOptions& operator=(const JobOptions&) = delete;

    const selection::StrategyOptions& get() const { return options_; }

private:
    /// Preselected samples count as chosen where the query tag has their scores.
    selection::Distribution distribution_over(const selection::GoalChoice& goal,
                                              const Assignment& assignment,
                                              std::size_t candidates) {
        const auto categories = selection::parse_categories(goal.of);
        const auto before =
            (assignment.query - (assignment.query - assignment.preselected)).indices();
        auto& shares = shares_.emplace_back(candidates, categories.size());
        selection::Distribution result{.target = selection::Distribution::Target::given,
                                       .shares = &shares};
        for (std::size_t c = 0; c < categories.size(); ++c) {
            const auto& [score, ratio] = categories[c];
            for (std::size_t i = 0; i < candidates; ++i) shares.row(i)[c] = values_.at(score)[i];
            const auto had = scores_of(before, assignment.query, assignment.named.at(score));
            result.before.push_back(std::accumulate(had.begin(), had.end(), 0.0));
            result.ratios.push_back(ratio);
        }
        return result;
    }

    std::vector<SampleIndex> query_;
    std::map<std::string, std::vector<double>> values_{};
    std::deque<Probabilities> shares_{};  ///< (candidates, categories) of each balance
    selection::StrategyOptions options_{};
};

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

void check_number(const selection::Strategy& strategy, const SamplingRequest& request) {
    const auto missing = selection::missing_number(strategy, request.samples || request.proportion);
    if (!missing.empty()) throw PlatformError(Reason::invalid, missing);
}

BitMask mask_of(const std::optional<Tag>& tag) { return tag ? tag->mask : BitMask(); }

/// What the request says itself; what else a job needs is to be found.
store::JobRequest job_of(const SamplingRequest& request, const selection::StrategyChoice& choice) {
    return {.dataset = request.dataset,
            .new_tag_name = request.new_tag_name,
            .strategy = choice,
            .similar_to = request.similar_to,
            .query = {},
            .preselected = request.preselected,
            .samples = request.samples,
            .proportion = request.proportion,
            .min_distance = request.min_distance,
            .embedding = {},
            .score_type = {},
            .seed = request.seed,
            .round = request.round,
            .memory = {},
            .key = request.key};
}

void check_rows_cover(const Embedding& embedding, const std::optional<Tag>& tag) {
    if (tag) check_rows_cover(embedding, *tag);
}

}  // namespace

Accepted accept(Store& store, const SamplingRequest& request, std::size_t memory) {
    const auto owner = dataset(store, request.dataset);
    if (const auto job = job_of_key(store, request)) return {.id = *job, .is_new = false};
    check_tag_name(request.new_tag_name);
    check_min_distance(request.min_distance);
    check_proportion({.picks = {}, .proportion = request.proportion});
    const auto query =
        request.query.empty() ? initial_tag(store, owner.id) : tag(store, owner.id, request.query);
    std::optional<Tag> preselected;
    if (request.preselected) preselected = tag(store, owner.id, *request.preselected);
    const auto choice = checked_strategy(request);
    const auto& strategy = selection::named_strategy(choice.name);
    check_number(strategy, request);

    store::JobRequest job = job_of(request, choice);
    job.query = query.id;
    std::optional<Tag> similar_to;
    if (request.similar_to) similar_to = tag(store, owner.id, *request.similar_to);
    std::optional<Embedding> embedding;
    if (selection::needs_embeddings(choice) || request.min_distance >= 0) {
        embedding = embedding_for(store, owner, request.embedding);
        check_rows_cover(*embedding, query);
        check_rows_cover(*embedding, preselected);
        check_rows_cover(*embedding, similar_to);
        job.embedding = embedding->id;
    }
    job.score_type = score_type_for(store, query, strategy, request.score_type);
    check_named_scores(store, query, choice);
    const auto needed =
        memory_of(job, embedding, query.mask, mask_of(preselected), mask_of(similar_to));
    check_fits(needed, memory);
    job.memory = needed.most;

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
    assignment->named = store.job_named_scores(id);
    if (request.score_type)
        check_scores_cover(assignment->scores, assignment->query, *request.score_type);
    for (const auto& [type, scores] : assignment->named)
        check_scores_cover(scores, assignment->query, type);
    assignment->made = store.picks(id);
    store.mark_running(id);
    return assignment;
}

Chosen choose(std::stop_token stop,
              const std::shared_ptr<const Assignment>& assignment,
              const std::shared_ptr<const Matrix>& rows,
              const std::shared_ptr<PickKeeper>& keeper,
              const std::stop_token& cancelled) {
    const Either either(std::move(stop), cancelled);
    const auto& request = assignment->job.request;
    const auto candidates = (assignment->query - assignment->preselected).indices();
    const auto preselected = assignment->preselected.indices();
    const auto scores = scores_of(candidates, assignment->query, assignment->scores);
    const JobOptions options(*assignment, candidates);
    selection::Task task{.pool = {.candidates = candidates,
                                  .preselected = preselected,
                                  .embeddings = rows.get(),
                                  .scores = scores},
                         .stop = stop_of(request, assignment->preselected),
                         .random = Random(request.seed, request.round, "sample"),
                         .progress = {.made = assignment->made,
                                      .picked = [&](const Pick& pick) { keeper->add(pick); },
                                      .cancelled = either.token()},
                         .options = options.get()};
    if (wanted_picks(request, assignment->query, assignment->preselected) == 0)
        return {.picks = {}, .end = {.ending = selection::ending_of(task, 0)}};
    store::JobEnd end;
    task.options.recalled = [&](double share) {
        end.recall = std::min(share, end.recall.value_or(1));
    };
    try {
        auto picks = selection::select(selection::named_strategy(request.strategy.name), task);
        end.ending = selection::ending_of(task, picks.size());
        return {.picks = std::move(picks), .end = end};
    } catch (const Interrupted&) {
        keeper->send();
        throw;
    }
}

void finish(Store& store,
            const std::shared_ptr<const Assignment>& assignment,
            const Chosen& chosen) {
    const auto& request = assignment->job.request;
    auto mask = assignment->preselected;
    for (const auto& pick : chosen.picks) mask.insert(pick.sample);
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
    store.finish_job(assignment->job.id, result, chosen.picks, chosen.end);
}

bool has_ended(JobState state) { return state == JobState::finished || state == JobState::failed; }

JobStatus status(Store& store, const JobId& id) {
    const auto job = find_job(store, id);
    return {.id = id,
            .dataset = job.request.dataset,
            .state = job.state,
            .progress = progress_of(store, job),
            .result = job.result,
            .ending = job.ending,
            .recall = job.recall,
            .memory = job.request.memory,
            .error = job.error,
            .poll_after = poll_after(job.created_at),
            .created_at = job.created_at,
            .finished_at = job.finished_at};
}

std::vector<ListedJob> jobs(Store& store) {
    std::vector<ListedJob> listed;
    for (const auto& job : store.jobs())
        listed.push_back({.id = job.id,
                          .dataset = job.request.dataset,
                          .state = job.state,
                          .created_at = job.created_at,
                          .finished_at = job.finished_at});
    return listed;
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
