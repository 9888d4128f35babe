// A request and an outcome with a value in every field, none of them the usual one. A new field
// gets one here; the tests of the store and of the wire then take it there and back.
#pragma once

#include "trommel/store/job.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

inline SamplingRequest full_request(const DatasetId& dataset, const TagId& query) {
    return {.dataset = dataset,
            .new_tag_name = "chosen",
            .strategy = {.name = "combined",
                         .settings = {{"strength", "0.5"}, {"neighbors", "5"}},
                         .goals = selection::parse_goals_of_job({"diversity", "typicality^-1"}),
                         .thresholds = selection::parse_thresholds({"blur<=0.5", "margin>=2"})},
            .similar_to = TagId("similar-id"),
            .query = query,
            .preselected = query,
            .samples = 3,
            .proportion = 0.25,
            .min_distance = 0.125,
            .embedding = EmbeddingId("embedding-id"),
            .score_type = "margin",
            .seed = 0xffffffffffffffff,
            .round = 7,
            .key = "round 7"};
}

inline SelectionOutcome full_outcome() {
    return {
        .stop_reason = selection::StopReason::none_left, .recall = 0.96875, .memory = 1U << 20U};
}

/// Every field that is one of `table`, or, where `of_wire`, one of the wire.
template <typename Record, typename... Fields>
void check_same(const Record& a,
                const Record& b,
                const std::tuple<Fields...>& table,
                bool of_wire = false) {
    for_each_field(table, [&](const auto& each) {
        if (of_wire && each.info.wire.empty()) return;
        INFO(each.info.name);
        CHECK((each.of(a) == each.of(b)));
    });
}

/// That the record has a value of its own in every field.
template <typename Record, typename... Fields>
void check_full(const Record& record, const std::tuple<Fields...>& table) {
    const Record usual{};
    for_each_field(table, [&](const auto& each) {
        INFO(each.info.name << " has no value in tests/support/full_job.hpp");
        CHECK_FALSE((each.of(record) == each.of(usual)));
    });
}

}  // namespace trommel::test
