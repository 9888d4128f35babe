#include "trommel/agent/active_learning_agent.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/cancellation_state.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <exception>
#include <iostream>
#include <utility>

namespace trommel {

namespace {

asio::awaitable<Tag> tag_named(Platform& platform, Dataset dataset, std::string name) {
    std::optional<Tag> tag = co_await platform.find_tag(dataset.id, name);
    if (!tag)
        throw PlatformError(PlatformError::Reason::not_found,
                            fmt::format("dataset '{}' has no tag '{}'; create it, or name one of "
                                        "its tags",
                                        dataset.name,
                                        name));
    co_return *std::move(tag);
}

asio::awaitable<void> sleep(std::chrono::microseconds time) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

void print_warning(const std::string& warning) { std::clog << "warning: " << warning << '\n'; }

}  // namespace

ActiveLearningAgent::ActiveLearningAgent(Platform& platform,
                                         Tag query,
                                         std::shared_ptr<const Names> names)
    : platform_(&platform),
      names_(std::move(names)),
      query_(std::move(query)),
      warn_(print_warning) {}

asio::awaitable<ActiveLearningAgent> ActiveLearningAgent::open(
    Platform& platform,
    std::string dataset_name,
    std::string query_tag_name,
    std::optional<std::string> preselected_tag_name) {
    std::optional<Dataset> dataset = co_await platform.find_dataset(dataset_name);
    if (!dataset)
        throw PlatformError(
            PlatformError::Reason::not_found,
            fmt::format("there is no dataset '{}'; create it and add samples first", dataset_name));
    Tag query = co_await tag_named(platform, *dataset, std::move(query_tag_name));
    std::shared_ptr<const Names> names = co_await platform.mappings(dataset->id);
    ActiveLearningAgent agent(platform, std::move(query), std::move(names));
    if (preselected_tag_name) {
        Tag labeled = co_await tag_named(platform, *dataset, *preselected_tag_name);
        agent.labeled_ = std::move(labeled);
    }
    co_return agent;
}

ActiveLearningAgent::Names ActiveLearningAgent::names_of(const BitMask& mask) const {
    Names names;
    for (const auto sample : mask.indices()) names.push_back(names_->at(sample));
    return names;
}

BitMask ActiveLearningAgent::labeled() const { return labeled_ ? labeled_->mask : BitMask(); }

ActiveLearningAgent::Names ActiveLearningAgent::query_set() const { return names_of(query_.mask); }

ActiveLearningAgent::Names ActiveLearningAgent::labeled_set() const { return names_of(labeled()); }

ActiveLearningAgent::Names ActiveLearningAgent::unlabeled_set() const {
    return names_of(query_.mask - labeled());
}

ActiveLearningAgent::Names ActiveLearningAgent::added_set() const {
    if (!labeled_before_)
        throw Error("cannot compute the added set before querying; call query first");
    return names_of(labeled() - *labeled_before_);
}

std::vector<double> ActiveLearningAgent::for_query_set(const scoring::ScoreColumn& column) const {
    const auto samples = query_.mask.indices();
    if (column.values.size() == samples.size()) return column.values;
    const auto unlabeled = query_.mask - labeled();
    if (column.values.size() != unlabeled.count())
        throw DataError(
            fmt::format("score '{}': number of query samples ({}) must match the number of "
                        "predictions ({}); predict for every name of query_set, in its order, or "
                        "for the {} of unlabeled_set",
                        column.name,
                        samples.size(),
                        column.values.size(),
                        unlabeled.count()));
    std::vector<double> values;
    auto next = column.values.begin();
    for (const auto sample : samples) values.push_back(unlabeled.contains(sample) ? *next++ : 0.0);
    return values;
}

asio::awaitable<void> ActiveLearningAgent::upload_scores(scoring::Scores scores) {
    if (scores.empty())
        throw DataError("no scores found; the scorer's model output has to hold predictions");
    std::vector<std::vector<double>> columns;  // all checked before the first is uploaded
    for (const auto& column : scores) columns.push_back(for_query_set(column));
    for (std::size_t i = 0; i < scores.size(); ++i)
        co_await platform_->upload_scores(query_.id, scores[i].name, std::move(columns[i]));
}

asio::awaitable<void> ActiveLearningAgent::upload_scores(const scoring::Scorer& scorer) {
    scoring::Scores scores = scorer.calculate_scores();
    co_await upload_scores(std::move(scores));
}

asio::awaitable<ActiveLearningAgent::Names> ActiveLearningAgent::query(
    SamplerConfig config, const scoring::Scorer* scorer) {
    const auto chosen = labeled().count();
    if (config.n_samples >= 0 && static_cast<std::size_t>(config.n_samples) < chosen) {
        warn_(
            fmt::format("n_samples ({}) is less than the number of labeled samples ({}); skipping "
                        "the active learning query",
                        config.n_samples,
                        chosen));
        co_return labeled_set();
    }
    if (scorer != nullptr) {
        co_await upload_scores(*scorer);
    }
    std::string name = co_await free_name(config);
    SamplingRequest request = request_for(config, std::move(name));
    if (config.similar_to) {
        Tag near_to = co_await tag_in_dataset(*config.similar_to);
        request.similar_to = near_to.id;
    }
    JobId job = co_await platform_->sample(std::move(request));
    TagId result = co_await result_or_cancel(std::move(job));
    Tag tag = co_await platform_->tag(query_.dataset, std::move(result));
    labeled_before_ = labeled();
    labeled_ = std::move(tag);
    ++round_;
    co_return labeled_set();
}

asio::awaitable<Tag> ActiveLearningAgent::tag_in_dataset(std::string name) const {
    Dataset dataset = co_await platform_->dataset(query_.dataset);
    co_return co_await tag_named(*platform_, std::move(dataset), std::move(name));
}

SamplingRequest ActiveLearningAgent::request_for(const SamplerConfig& config,
                                                 std::string tag_name) const {
    SamplingRequest request{.dataset = query_.dataset,
                            .new_tag_name = std::move(tag_name),
                            .strategy = {},
                            .similar_to = {},
                            .query = query_.id,
                            .preselected = {},
                            .samples = std::nullopt,
                            .min_distance = config.min_distance,
                            .embedding = {},
                            .score_type = config.score,
                            .seed = config.seed,
                            .round = round_};
    request.strategy.name = strategy_name(config.method);
    if (config.strategy) request.strategy = *config.strategy;
    request.proportion = config.proportion;
    if (labeled_) request.preselected = labeled_->id;
    if (config.n_samples >= 0) request.samples = static_cast<std::size_t>(config.n_samples);
    return request;
}

/// The name asked for; else the default one, with _1, _2, … behind it when queries of one second
/// collide.
asio::awaitable<std::string> ActiveLearningAgent::free_name(SamplerConfig config) const {
    if (!config.name.empty()) co_return config.name;
    const std::string base = default_name(config, std::chrono::system_clock::now());
    std::string name = base;
    for (int i = 1;; ++i) {
        std::optional<Tag> taken = co_await platform_->find_tag(query_.dataset, name);
        if (!taken) co_return name;
        name = fmt::format("{}_{}", base, i);
    }
}

/// Nobody else knows of the job: whoever stops waiting ends it.
asio::awaitable<TagId> ActiveLearningAgent::result_or_cancel(JobId job) const {
    std::exception_ptr stopped;
    try {
        TagId result = co_await result_of(job);
        co_return result;
    } catch (...) {
        stopped = std::current_exception();
    }
    if (is_cancellation(stopped)) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await cancel(std::move(job));
    }
    std::rethrow_exception(stopped);
}

/// Tries to: that the caller was stopped is what counts.
asio::awaitable<void> ActiveLearningAgent::cancel(JobId job) const {
    try {
        co_await platform_->cancel_job(std::move(job));
    } catch (const PlatformError& error) {
        warn_(fmt::format("a selection that nobody waits for goes on: {}", error.what()));
    }
}

asio::awaitable<TagId> ActiveLearningAgent::result_of(JobId job) const {
    for (;;) {
        JobStatus status = co_await platform_->job(job);
        if (status.state == JobState::failed)
            throw DataError(
                fmt::format("the selection (job {}) failed: {}", job.text(), status.error));
        if (status.state == JobState::finished) {
            if (!status.result)
                throw DataError(
                    fmt::format("the tag that the selection (job {}) made was deleted; query again",
                                job.text()));
            co_return *status.result;
        }
        co_await sleep(status.poll_after);
    }
}

}  // namespace trommel
