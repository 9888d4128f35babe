// Rows for tests of stores.
#pragma once

#include "trommel/store/store.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::store {

inline const Timestamp noon{std::chrono::milliseconds(1615464000000)};

inline BitMask mask_of(std::vector<SampleIndex> samples) { return BitMask::of(samples); }

inline Dataset digits() {
    return {.id = DatasetId("d1"), .name = "digits", .sample_count = 0, .created_at = noon};
}

inline Tag tag_named(const std::string& name, const BitMask& mask) {
    return {.id = TagId(name + "-id"),
            .dataset = digits().id,
            .name = name,
            .mask = mask,
            .total = 5,
            .previous = TagId("initial-tag-id"),
            .created_at = noon};
}

/// Dataset `digits` of five samples with its initial tag.
inline void fill(Store& store) {
    store.add_dataset(digits());
    store.add_samples(digits().id, std::vector<std::string>{"a", "b", "c", "d", "e"});
    auto initial = tag_named("initial-tag", BitMask::first(5));
    initial.previous.reset();
    store.add_tag(initial);
}

inline SamplingRequest request_for(const std::string& new_tag) {
    return {.dataset = digits().id,
            .new_tag_name = new_tag,
            .query = TagId("initial-tag-id"),
            .samples = {}};
}

inline Job waiting_job(const JobId& id, const SamplingRequest& request) {
    return {.id = id, .request = request, .created_at = noon};
}

/// The reason for which `call` is refused; fails the test when it is not.
template <typename Call>
StoreError::Reason refusal(const Call& call) {
    try {
        call();
    } catch (const StoreError& error) {
        return error.reason();
    }
    FAIL("the call was not refused");
    return {};
}

}  // namespace trommel::store
