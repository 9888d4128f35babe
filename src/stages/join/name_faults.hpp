// Names that do not match: all of them in a file, the first ten in an error.
#pragma once

#include "trommel/core/durable_file.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::stages {

/// What may be wrong with a name when a file is joined with a tag.
enum class NameFault {
    unknown,  ///< the dataset does not have it
    twice,    ///< an earlier record has it
    missing   ///< a sample of the tag that no record has
};

/// What to do about unknown and missing names. Names that come twice always end the round: nobody
/// knows which of the two records is right.
enum class OnMissing {
    fail,
    use_default,  ///< a missing sample is predicted as by a model that knows nothing
    skip          ///< a missing sample is left out of the round
};

/// Counts names that do not match, keeps the first ten of each kind, and writes all of them to a
/// CSV file `problem,file_name,line`; the file begins with the first of them.
class NameFaults {
public:
    /// `list` empty: no file. What appears there from before is gone.
    explicit NameFaults(std::filesystem::path list = {});

    bool is_listing() const { return !list_.empty(); }

    /// `line` 0: of none.
    void add(NameFault fault, std::string_view name, std::size_t line = 0);

    std::size_t count(NameFault fault) const { return of(fault).count; }
    /// Those of the kind that were added first.
    const std::vector<std::string>& first(NameFault fault) const { return of(fault).names; }
    /// Of the first of the kind.
    std::size_t line(NameFault fault) const { return of(fault).line; }

    /// Writes what is still in memory; throws Error if that fails. Where a file was written, ` (all
    /// are in FILE)`, else nothing.
    std::string finish();

private:
    struct FaultGroup {
        std::size_t count = 0;
        std::size_t line = 0;
        std::vector<std::string> names{};
    };

    const FaultGroup& of(NameFault fault) const { return kinds_[static_cast<std::size_t>(fault)]; }
    void write();

    std::filesystem::path list_;
    std::unique_ptr<GrowingFile> file_{};
    std::string rows_;  ///< not written yet
    std::array<FaultGroup, 3> kinds_{};
};

}  // namespace trommel::stages
