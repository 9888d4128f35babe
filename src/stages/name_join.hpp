// Joining records to samples by file name: in any order, each sample exactly once.
#pragma once

#include "trommel/dataset/name_map.hpp"
#include "trommel/pipeline/ports.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trommel::stages {

/// Which samples of a query set have been seen; says afterwards which are missing or came twice.
class Coverage {
public:
    /// `what` each sample must have exactly one of: `a score`, `a prediction`.
    Coverage(const TagSet& of, std::string what);

    void add(SampleIndex sample);

    std::size_t expected() const { return expected_; }

    /// Throws DataError with the count and the first ten names of what is missing or came twice.
    void check() const;

private:
    const TagSet& of_;
    std::string what_;
    std::size_t expected_;
    std::vector<bool> seen_;  ///< by sample index
    std::vector<SampleIndex> twice_;
};

/// Finds samples of a dataset by file name.
class NameJoin {
public:
    explicit NameJoin(const TagSet& of);

    /// The sample called `name`; nothing for a sample of the dataset outside the query set, which
    /// may well be predicted but is not needed. A name the dataset does not have is remembered for
    /// check().
    std::optional<SampleIndex> find(std::string_view name);

    /// Throws DataError if names were looked up that the dataset does not have.
    void check(std::string_view source) const;

private:
    const TagSet& of_;
    std::vector<bool> wanted_;  ///< by sample index
    std::unordered_map<std::string_view, SampleIndex> indices_;
    std::vector<std::string> unknown_;  ///< the first ten
    std::size_t unknown_count_ = 0;
};

}  // namespace trommel::stages
