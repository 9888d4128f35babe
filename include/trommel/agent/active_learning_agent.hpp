// ActiveLearningAgent: the loop of active learning in three calls, over any platform.
#pragma once

#include "trommel/agent/sampler_config.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/scoring/scorer.hpp"

#include <asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// Knows what is labeled and what to choose from, and asks the platform to choose.
///
///     auto agent = co_await ActiveLearningAgent::open(platform, "digits");
///     SamplerConfig config{.method = SamplingMethod::coral, .n_samples = 20};
///     auto labeled = co_await agent.query(config, &scorer);
///
/// Lists of file names are in the order of the dataset's samples. The platform outlives the agent;
/// one call at a time.
class ActiveLearningAgent {
public:
    using Names = std::vector<std::string>;

    /// Chooses from the tag `query_tag_name`; the samples of `preselected_tag_name`, none by
    /// default, are already labeled. Throws PlatformError when a name is unknown.
    static asio::awaitable<ActiveLearningAgent> open(
        Platform& platform,
        std::string dataset_name,
        std::string query_tag_name = "initial-tag",
        std::optional<std::string> preselected_tag_name = std::nullopt);

    /// The samples to choose from, labeled or not.
    Names query_set() const;
    /// The samples chosen so far, preselected ones included.
    Names labeled_set() const;
    /// The query set without the labeled set.
    Names unlabeled_set() const;
    /// What the last query added to the labeled set; throws Error before the first query.
    Names added_set() const;

    /// Uploads scores for the query tag, in this order. Each has one value for every name of
    /// `query_set`, or one for every name of `unlabeled_set`, in the order of that set; labeled
    /// samples then get the score 0, which no selection uses. Throws DataError when there are
    /// no scores or a length fits neither set.
    asio::awaitable<void> upload_scores(scoring::Scores scores);

    /// The same for what the scorer calculates, on the calling thread; for many predictions
    /// calculate on a CpuPool and pass the scores. The scorer outlives the call.
    asio::awaitable<void> upload_scores(const scoring::Scorer& scorer);

    /// Uploads the scorer's scores, if one is given, selects, waits for the result, and makes it
    /// the labeled set, which it returns. Warns and does nothing when more than `n_samples` are
    /// labeled already. Throws DataError when the selection fails.
    asio::awaitable<Names> query(SamplerConfig config, const scoring::Scorer* scorer = nullptr);

    /// Receives warnings; they go to std::clog otherwise.
    void on_warning(std::function<void(const std::string&)> warn) { warn_ = std::move(warn); }

private:
    ActiveLearningAgent(Platform& platform, Tag query, std::shared_ptr<const Names> names);

    Names names_of(const BitMask& mask) const;
    BitMask labeled() const;
    std::vector<double> for_query_set(const scoring::ScoreColumn& column) const;
    SamplingRequest request_for(const SamplerConfig& config, std::string tag_name) const;
    asio::awaitable<Tag> tag_in_dataset(std::string name) const;
    asio::awaitable<std::string> free_name(SamplerConfig config) const;
    asio::awaitable<TagId> result_or_cancel(JobId job) const;
    asio::awaitable<void> cancel(JobId job) const;
    asio::awaitable<TagId> result_of(JobId job) const;

    Platform* platform_;
    std::shared_ptr<const Names> names_;  ///< by sample index
    Tag query_;
    std::optional<Tag> labeled_;
    std::optional<BitMask> labeled_before_;  ///< the last query; none before the first
    std::uint32_t round_ = 0;                ///< queries done
    std::function<void(const std::string&)> warn_;
};

}  // namespace trommel
