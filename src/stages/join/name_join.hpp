// Joining records to samples by file name: in any order, each sample exactly once.
#pragma once

#include "stages/join/name_faults.hpp"
#include "trommel/dataset/files/record_fault.hpp"
#include "trommel/dataset/name_map.hpp"
#include "trommel/pipeline/stage/ports.hpp"
#include "trommel/pipeline/stage/records.hpp"

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
    /// Those of them that no failed record, told to `errors`, spoke of.
    BitMask missing(const RecordErrors& errors) const;

    /// Throws DataError with the count and the first ten names of what came twice, and of what is
    /// missing and not among the `excused`.
    void check(const BitMask& excused = {}) const;

    /// The same, but what is missing is told to `errors` if failed records are tolerated there;
    /// samples of records that were told already are not news.
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
    /// Records that fail are told to `errors`, if there is one and it tolerates them. Names that do
    /// not match are written to `list`, if that is not empty.
    NameJoin(const TagSet& of,
             std::filesystem::path file,
             RecordErrors* errors = nullptr,
             std::filesystem::path list = {});

    /// The sample called `name`; nothing for a sample of the dataset outside the query set, which
    /// may well be predicted but is not needed. A name the dataset does not have is a record that
    /// failed, or remembered for check(). So is one that an earlier line had, which is not a fault
    /// of one record, for nobody knows which of the two is right; without a list it is a DataError.
    std::optional<SampleIndex> find(std::string_view name, std::size_t line);

    /// Tells of a record that could not be read or used; throws DataError if that is not tolerated.
    /// What is wrong with a sample outside the query set is nobody's business.
    void fail(const dataset::RecordFault& fault);

    /// Call it after the last line. Throws DataError, with the first such line, if there were names
    /// that the dataset does not have or that came twice.
    void check();

    /// The same in parts, for those who know of other faults too: what is wrong, as sentences, and
    /// where all such names are. Unknown names are passed over if `unknown_may_be`.
    std::vector<std::string> faults(bool unknown_may_be = false) const;
    NameFaults& names() { return names_; }

private:
    std::optional<SampleIndex> index_of(std::string_view name);
    void remember_unknown(std::string_view name, std::size_t line);
    void remember_twice(std::string_view name, std::size_t line, std::size_t first);
    std::string twice_text(std::string_view name, std::size_t line, std::size_t first) const;

    const TagSet& of_;
    std::filesystem::path file_;
    RecordErrors* errors_;
    std::vector<bool> wanted_;          ///< by sample index
    std::vector<std::uint32_t> lines_;  ///< by sample index; 0 before it is found
    std::unordered_map<std::string_view, SampleIndex> indices_;  ///< empty until it is needed
    std::size_t next_ = 0;  ///< behind the last sample that was found: in order none is searched
    NameFaults names_;
    std::size_t first_of_twice_ = 0;  ///< the line before which the first name came again
};

}  // namespace trommel::stages
