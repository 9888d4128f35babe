#include "platform/embedded/sampling.hpp"

#include "platform/embedded/catalog.hpp"
#include "platform/embedded/job_records.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/selection/goal_choice.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <deque>
#include <numeric>
#include <utility>

namespace trommel::embedded {

namespace {

using Reason = PlatformError::Reason;

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

}  // namespace

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
    SelectionOutcome end;
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

}  // namespace trommel::embedded
