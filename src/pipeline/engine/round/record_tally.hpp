#pragma once

#include "trommel/pipeline/definition/policies.hpp"
#include "trommel/pipeline/engine/journal/quarantine.hpp"
#include "trommel/pipeline/stage/records.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// The records that a stage could not use in a round, beside those that it could.
class RecordTally {
public:
    /// Those that a successful attempt has told of.
    void add(const RecordErrors& errors);
    /// Records that have left the stage.
    void add_good(std::size_t records) { good_ += records; }

    /// Records that failed. A record that says no name means one of the samples that are
    /// missing, so that such a sample does not count twice.
    std::size_t failed() const;
    std::size_t all() const { return good_ + failed(); }

    /// Why these are more than the policies allow, or nothing.
    std::optional<std::string> excess(const Policies& policies) const;

    /// The samples of failed records and those that are missing.
    BitMask left_out() const;

    /// What goes to quarantine; `names` are those of the dataset's samples.
    std::vector<QuarantinedRecord> quarantined(const std::string& stage,
                                               std::uint32_t round,
                                               const std::vector<std::string>& names) const;

private:
    std::size_t good_ = 0;
    std::vector<RecordFailure> failures_;
    BitMask missing_;
    std::string missing_what_;
};

}  // namespace trommel
