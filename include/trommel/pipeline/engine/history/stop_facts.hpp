// What the rules of `until` remember of a run, as plain data, so that a run that goes on after a
// stop judges as it would have.
#pragma once

#include "trommel/core/sample.hpp"
#include "trommel/dataset/bit_mask.hpp"

#include <boost/json/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace trommel {

/// As of the last round that was finished. The rules themselves are in `trommel components until`.
struct StopFacts {
    std::chrono::sys_time<std::chrono::milliseconds> begun{};
    std::size_t pool = 0;                       ///< samples to choose from
    std::size_t labeled = 0;                    ///< in the states that stages write
    std::size_t last_growth = 0;                ///< how many of them the last round brought
    BitMask human{};                            ///< whose label a label stage has sent
    std::map<std::string, BitMask> answered{};  ///< by label stage: whose label it has sent
    BitMask unanswered{};  ///< in those states, asked for, and still without a label
    BitMask owed{};        ///< in those states, and not asked for yet
    BitMask kept{};        ///< labelled by earlier runs, which have paid for it
    double spent = 0;
    double last_cost = 0;                               ///< of the last round
    std::map<std::string, std::uint64_t> stage_runs{};  ///< how often each stage ran

    std::map<std::string, double> mean_scores{};  ///< by score, of the last round
    std::map<std::string, double> overlaps{};
    /// By score: what the last round's scores rank first among all that is left.
    std::map<std::string, std::vector<SampleIndex>> next{};

    std::vector<SampleIndex> stop_set{};     ///< ascending; empty unless `kappa` is asked for
    std::vector<std::uint32_t> predicted{};  ///< (stop_set) by the last model
    std::size_t classes = 0;                 ///< that the last model knows
    std::vector<double> kappas{};            ///< between successive models, oldest first

    std::set<std::string> warned{};  ///< what the run was warned of, each once

    friend bool operator==(const StopFacts&, const StopFacts&) = default;
};

/// The facts as one JSON object, and back. Throws DataError if it is not a such object.
boost::json::value to_json(const StopFacts& facts);
StopFacts stop_facts_from(const boost::json::value& value);

}  // namespace trommel
