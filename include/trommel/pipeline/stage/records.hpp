// Records that fail: one line of a file or one answer of a program among many that are good.
#pragma once

#include "trommel/core/error.hpp"
#include "trommel/core/sample.hpp"
#include "trommel/dataset/bit_mask.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trommel {

/// A record that a stage cannot use.
struct RecordFailure {
    std::optional<SampleIndex> sample{};  ///< none: of no sample, or the record does not say
    std::string name{};   ///< the sample's, as the record has it; empty: it has none
    std::string error{};  ///< a sentence with file, line and sample
    std::string input{};  ///< the record as it came
};

/// Where an attempt of a stage tells of records that it cannot use. What it tells counts if the
/// attempt succeeds.
class RecordErrors {
public:
    /// `left_out` has the samples that stages before it have left out of this round; outlives it.
    RecordErrors(bool tolerated, const BitMask& left_out)
        : tolerated_(tolerated), left_out_(&left_out) {}

    /// Whether the stage is to go on without such records, which then must not continue.
    bool tolerated() const { return tolerated_; }

    /// Throws DataError with the failure's error unless such records are tolerated.
    void failed(RecordFailure failure) {
        if (!tolerated_) throw DataError(failure.error);
        failures_.push_back(std::move(failure));
    }

    /// The samples that the stage has nothing of, though it should; `what` of: `a prediction`.
    void missing(const BitMask& samples, const std::string& what) {
        missing_ |= samples;
        missing_what_ = what;
    }

    /// Samples that stages have left out of this round, up to those whose output has ended.
    const BitMask& left_out() const { return *left_out_; }

    const std::vector<RecordFailure>& failures() const { return failures_; }
    const BitMask& missing() const { return missing_; }
    const std::string& missing_what() const { return missing_what_; }

private:
    bool tolerated_;
    const BitMask* left_out_;
    std::vector<RecordFailure> failures_;
    BitMask missing_;
    std::string missing_what_;
};

}  // namespace trommel
