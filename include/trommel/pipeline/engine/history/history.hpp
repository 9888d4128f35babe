// What a run has measured and chosen so far: the numbers behind its tables, its stop rules and its
// report.
#pragma once

#include "trommel/pipeline/engine/history/stop_facts.hpp"
#include "trommel/store/job.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// Values measured on one labelled set.
struct Measurement {
    std::uint32_t round = 0;  ///< rounds finished before it: 0 is the initial labelled set
    std::size_t labels = 0;   ///< samples of the labelled set whose label is there
    std::map<std::string, double> values;  ///< by `stage.metric`
};

struct PickedSample {
    std::string file_name{};
    std::optional<double> score{};
    std::optional<double> distance{};      ///< to the nearest sample chosen before it; where known
    std::optional<std::string> nearest{};  ///< that sample
};

/// What one round chose, in the order of choosing.
struct RoundPicks {
    std::uint32_t round = 1;
    std::vector<PickedSample> picks{};
    /// What stopped each selection of the round, where that is known.
    std::vector<selection::StopReason> stop_reasons{};
    SelectionOutcome outcome{};  ///< of all together
};

/// Adds what is known of one more selection of the round.
void add_outcome(RoundPicks& round, const SelectionOutcome& one);

/// `no sample is left`, of each selection, and `99.6 % of nearest samples found`; empty where
/// nothing is known.
std::string stop_reason_of(const RoundPicks& round);

/// What a run does not stop for but its user should know.
struct Warning {
    std::uint32_t round = 0;  ///< after which it showed; 0 is the closing pass
    std::string code{};       ///< a few words for machines: `missing-class`
    std::string message{};    ///< what it is, without a full stop
    std::string hint{};       ///< what would help
};

/// Records that a stage could not use in a round, and left out.
struct FailedRecords {
    std::string stage{};
    std::uint32_t round = 1;
    std::size_t records = 0;
    std::size_t of = 0;        ///< records that it was given
    bool quarantined = false;  ///< kept in quarantine, or only counted
};

struct History {
    std::vector<Measurement> measurements{};
    std::vector<RoundPicks> picks{};
    StopFacts facts{};
    std::vector<Warning> warnings{};  ///< each once
    std::vector<FailedRecords> failed{};

    /// All values of metric `stage.metric`, oldest first.
    std::vector<double> values_of(const std::string& metric) const;

    /// The names of the metrics that were measured, as columns: without their stage where that is
    /// clear. Maps `stage.metric` to the column's name.
    std::map<std::string, std::string> columns() const;
};

/// `round,labels,…` and `round,rank,file_name,score,distance,nearest`, as RFC 4180 has it, ranks
/// from 1.
std::string metrics_csv(const History& history);
std::string picks_csv(const History& history);

/// Their lines for one measurement, with these columns of History::columns(), and for one round.
std::string metrics_row(const Measurement& measurement,
                        const std::map<std::string, std::string>& columns);
std::string picks_rows(const RoundPicks& round);

}  // namespace trommel
