// Sample ids: the wire knows samples by id, a Platform by index.
#pragma once

#include "trommel/core/sample.hpp"
#include "trommel/dataset/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trommel::server {

/// The ids of a dataset's samples: 16 hex digits that depend on the dataset, then the index in 8.
/// So they need no room in a store, and an id of another dataset is refused.
class SampleIds {
public:
    explicit SampleIds(const DatasetId& dataset);

    std::string id_of(SampleIndex sample) const;
    void append_id(std::string& out, SampleIndex sample) const;
    /// Nothing for what is not an id of a sample of this dataset, however many it has.
    std::optional<SampleIndex> index_of(std::string_view id) const;

private:
    std::string prefix_;
};

/// The id of the scores of this type at a tag.
std::string score_id(const TagId& tag, std::string_view type);

}  // namespace trommel::server
