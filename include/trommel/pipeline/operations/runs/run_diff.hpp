// RunDiff: in what two runs differ, from what they left.
#pragma once

#include "trommel/pipeline/operations/runs/run_files.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// A setting of the resolved configuration that only one run has, or both with other values; or a
/// file that one of them has not read, or both with other content.
struct SettingDifference {
    std::string path{};  ///< `stages.sample.with.n_new`, `params.about[0]`, `/data/digits.csv`
    std::optional<std::string> first{};
    std::optional<std::string> second{};
};

/// The first place in the order of choosing where the runs chose other samples.
struct PickDifference {
    std::uint32_t round = 1;
    std::size_t rank = 1;
    std::optional<std::string> first{};  ///< nothing: the run has no such pick
    std::optional<std::string> second{};
};

/// How much of what one round chose the runs have in common.
struct RoundOverlap {
    std::uint32_t round = 1;
    std::size_t common = 0;
    std::size_t first = 0;  ///< picks of each run
    std::size_t second = 0;
};

/// What the runs measured after as many rounds.
struct MetricDifference {
    std::uint32_t round = 0;
    std::string metric{};
    std::optional<double> first{};
    std::optional<double> second{};
};

struct RunDiff {
    std::vector<SettingDifference> settings{};
    std::optional<PickDifference> picks{};    ///< nothing: all picks are the same
    std::vector<RoundOverlap> overlaps{};     ///< of rounds that either run has
    std::vector<MetricDifference> metrics{};  ///< equal ones too, by round

    /// Whether settings, picks and metrics are the same.
    bool none() const;
};

/// Of their journals and tables. Throws Error where those are not as a run writes them.
RunDiff compare_runs(const RunFiles& first, const RunFiles& second);

}  // namespace trommel
