#include "platform/embedded/sampling.hpp"

#include "platform/embedded/catalog.hpp"
#include "platform/embedded/job_records.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <deque>
#include <utility>

namespace trommel::embedded {

namespace {

using Reason = PlatformError::Reason;

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

/// The options of a job, which view its scores and, for balance, what they say of categories.
class JobOptions {
public:
    explicit JobOptions(const Assignment& assignment)
        : query_(assignment.similar_to.indices()),
          options_(selection::options_of(assignment.job.request.strategy)) {
        const auto& strategy = assignment.job.request.strategy;
        options_.query = query_;
        for (const auto& choice : strategy.goals) {
            selection::Goal goal{.kind = choice.kind, .strength = choice.strength};
            if (choice.kind == selection::Goal::Kind::weights)
                goal.values = assignment.named.at(choice.of);
            if (choice.kind == selection::Goal::Kind::similarity) goal.query = query_;
            if (choice.kind == selection::Goal::Kind::balance)
                goal.distribution = distribution_over(choice.categories, assignment);
            options_.goals.push_back(std::move(goal));
        }
        for (const auto& choice : strategy.thresholds)
            options_.thresholds.push_back(choice.over(assignment.named.at(choice.of)));
    }
    JobOptions(const JobOptions&) = delete;
    JobOptions& operator=(const JobOptions&) = delete;

    const selection::StrategyOptions& get() const { return options_; }

private:
    selection::Distribution distribution_over(
        const std::vector<selection::CategoryChoice>& categories, const Assignment& assignment) {
        auto& shares = shares_.emplace_back(assignment.query.count(), categories.size());
        selection::Distribution result{.target = selection::Distribution::Target::given,
                                       .shares = &shares};
        for (std::size_t c = 0; c < categories.size(); ++c) {
            const auto& amounts = assignment.named.at(categories[c].score);
            for (std::size_t i = 0; i < shares.rows(); ++i) shares(i, c) = amounts[i];
            result.ratios.push_back(categories[c].ratio);
        }
        return result;
    }

    std::vector<SampleIndex> query_;
    std::deque<Probabilities>
        shares_{};  ///< (samples of the query tag, categories) of each balance
    selection::StrategyOptions options_;
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
    const auto candidates = assignment->query.indices();
    const auto preselected = assignment->preselected.indices();
    const JobOptions options(*assignment);
    selection::Task task{.pool = {.candidates = candidates,
                                  .preselected = preselected,
                                  .embeddings = rows.get(),
                                  .scores = assignment->scores},
                         .stop = stop_of(request, assignment->preselected),
                         .random = Random(request.seed, request.round, "sample"),
                         .progress = {.made = assignment->made,
                                      .picked = [&](const Pick& pick) { keeper->add(pick); },
                                      .cancelled = either.token()},
                         .options = options.get()};
    if (wanted_picks(request, assignment->query, assignment->preselected) == 0)
        return {.picks = {}, .end = {.stop_reason = selection::stop_reason_of(task, 0)}};
    SelectionOutcome end;
    task.options.recalled = [&](double share) {
        end.recall = std::min(share, end.recall.value_or(1));
    };
    try {
        auto picks = selection::select(selection::named_strategy(request.strategy.name), task);
        end.stop_reason = selection::stop_reason_of(task, picks.size());
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
