// Joining records to samples by file name: in any order, each sample exactly once.
#pragma once

#include "trommel/dataset/name_map.hpp"
#include "trommel/dataset/record_fault.hpp"
#include "trommel/pipeline/ports.hpp"
#include "trommel/pipeline/records.hpp"

#include <cstdint>
#include <filesystem>
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

    /// The samples of the query set that have not come.
    BitMask missing() const;

    /// Throws DataError with the count and the first ten names of what came twice, and of what is
    /// missing and not among the `excused`.
    void check(const BitMask& excused = {}) const;

    /// The same, but what is missing is told to `errors` if failed records are tolerated there;
    /// samples of records that were told already are no news.
    void check(RecordErrors& errors) const;

    /// Throws DataError with what came twice.
    void check_twice() const;

private:
    const TagSet& of_;
    std::string what_;
    std::size_t expected_;
    std::vector<bool> seen_;  ///< by sample index
    std::vector<SampleIndex> twice_;
};

/// Finds the samples that a file speaks of by their names.
class NameJoin {
public:
    /// Records that fail are told to `errors`, if there is one and it tolerates them.
    NameJoin(const TagSet& of, std::filesystem::path file, RecordErrors* errors = nullptr);

    /// The sample called `name`; nothing for a sample of the dataset outside the query set, which
    /// may well be predicted but is not needed. A name the dataset does not have is a record that
    /// failed, or remembered for check(). Throws DataError if an earlier line spoke of the same
    /// sample, which is no fault of one record: nobody knows which of the two is right.
    std::optional<SampleIndex> find(std::string_view name, std::size_t line);

    /// Tells of a record that could not be read or used; throws DataError if that is not tolerated.
    /// What is wrong with a sample outside the query set is nobody's business.
    void fail(const dataset::RecordFault& fault);

    /// Call it after the last line. Throws DataError, with the first such line, if there were names
    /// that the dataset does not have.
    void check() const;

private:
    void remember_unknown(std::string_view name, std::size_t line);

    const TagSet& of_;
    std::filesystem::path file_;
    RecordErrors* errors_;
    std::vector<bool> wanted_;          ///< by sample index
    std::vector<std::uint32_t> lines_;  ///< by sample index; 0 before it is found
    std::unordered_map<std::string_view, SampleIndex> indices_;
    std::vector<std::string> unknown_;  ///< the first ten
    std::size_t unknown_count_ = 0;
    std::size_t unknown_line_ = 0;  ///< of the first
};

}  // namespace trommel::stages
