// Job: a selection, from what is asked for to how it ended. `request_fields` and `outcome_fields`
// are what the store's columns, the wire, the comparison of repeated requests and the options of
// the stage `sample` are made from.
#pragma once

#include "trommel/core/field.hpp"
#include "trommel/dataset/records.hpp"
#include "trommel/selection/stop_reason.hpp"
#include "trommel/selection/strategy_choice.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>

namespace trommel {

/// What to select and when to stop.
struct SamplingRequest {
    DatasetId dataset{};
    std::string new_tag_name{};  ///< the result is stored under this name
    selection::StrategyChoice strategy{};
    std::optional<TagId> similar_to{};   ///< for `similarity`, also as a goal: what to be near to
    TagId query{};                       ///< choose from these samples
    std::optional<TagId> preselected{};  ///< already chosen; part of the result
    std::optional<std::size_t> samples{
        32};  ///< size of the result, preselected included; none = no bound
    /// At most this share of the query tag's samples that are not preselected, above 0 and at most
    /// 1, rounded up.
    std::optional<double> proportion{};
    double min_distance = -1;  ///< stop before two chosen samples come nearer than this; < 0 = off
    std::optional<EmbeddingId> embedding{};  ///< default: the newest of the dataset
    /// For strategies that use scores. By default that which the strategy is named after or made
    /// for, else the query tag's newest.
    std::optional<std::string> score_type{};
    std::uint64_t seed = 0;   ///< for what is random
    std::uint32_t round = 0;  ///< with the seed, what the random numbers depend on
    std::string key{};        ///< a request repeated with it gets the job of the first; empty: none
};

/// What is known of a selection beside its picks.
struct SelectionOutcome {
    std::optional<selection::StopReason> stop_reason{};  ///< what stopped it; none where unknown
    /// Which share of the nearest samples an approximate search found; none of an exact one.
    std::optional<double> recall{};
    std::optional<std::size_t> memory{};  ///< bytes it takes at most, embeddings included
};

/// In the order in which a repeated request is compared with the first.
inline constexpr auto request_fields = std::tuple{
    field<&SamplingRequest::dataset>({.name = "dataset"}),
    field<&SamplingRequest::new_tag_name>(
        {.name = "new_tag_name", .wire = "newTagName", .presence = Presence::needed}),
    field<&SamplingRequest::strategy>({.name = "strategy", .wire = "strategy"}),
    field<&SamplingRequest::similar_to>({.name = "similar_to", .wire = "similarToTagId"}),
    field<&SamplingRequest::query>({.name = "query", .wire = "queryTagId", .is_filled_in = true}),
    field<&SamplingRequest::preselected>({.name = "preselected", .wire = "preselectedTagId"}),
    field<&SamplingRequest::samples>(
        {.name = "samples", .wire = "nSamples", .most = std::numeric_limits<std::uint32_t>::max()}),
    field<&SamplingRequest::proportion>(
        {.name = "proportion",
         .wire = "proportion",
         .option = "proportion",
         .help = "Highest share of the samples not chosen yet, rounded up: 1% or 0.01.",
         .is_share = true}),
    field<&SamplingRequest::min_distance>(
        {.name = "min_distance",
         .wire = "minDistance",
         .presence = Presence::usual,
         .option = "min_distance",
         .help = "Stop before a sample closer than this to a chosen one; below 0: off."}),
    field<&SamplingRequest::embedding>(
        {.name = "embedding", .wire = "embeddingId", .is_filled_in = true}),
    field<&SamplingRequest::score_type>(
        {.name = "score_type",
         .wire = "scoreType",
         .is_filled_in = true,
         .option = "score",
         .help = "Score column for score-based strategies; default: the strategy's own, "
                 "uncertainty_margin for dmbal and auto, else the newest."}),
    field<&SamplingRequest::seed>({.name = "seed", .wire = "seed", .presence = Presence::usual}),
    field<&SamplingRequest::round>({.name = "round", .wire = "round", .presence = Presence::usual}),
    field<&SamplingRequest::key>({.name = "key"}),
};

/// Of several selections of a round together, its history has what `together` says.
inline constexpr auto outcome_fields = std::tuple{
    field<&SelectionOutcome::stop_reason>({.name = "ending", .wire = "ending"}),
    field<&SelectionOutcome::recall>(
        {.name = "recall", .wire = "recall", .together = Together::least}),
    field<&SelectionOutcome::memory>(
        {.name = "memory", .wire = "memory", .together = Together::most}),
};

namespace store {

struct Job {
    JobId id{};
    SamplingRequest request{};  ///< with every default filled in, the strategy checked
    JobState state = JobState::waiting;
    std::size_t picks = 0;  ///< how many the store keeps; all of them once the job is finished
    std::optional<TagId> result{};  ///< none before the end, after a failure, or once deleted
    SelectionOutcome outcome{};     ///< what is not known yet, or of one from before, is none
    std::string error{};
    Timestamp created_at{};
    std::optional<Timestamp> finished_at{};  ///< or failed; none of one from before it was kept
};

}  // namespace store
}  // namespace trommel
