#pragma once

#include "trommel/platform/sampling_method.hpp"
#include "trommel/selection/strategy_choice.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace trommel {

/// How the agent selects; the fields and defaults of Lightly's SamplerConfig, then ours.
///
/// Name a config before a co_await statement that takes it: g++ 12 destroys an aggregate made
/// inside one twice.
struct SamplerConfig {
    SamplingMethod method = SamplingMethod::coreset;
    std::int64_t n_samples = 32;  ///< size of the result, labeled samples included; < 0 = no bound
    double min_distance = -1;     ///< stop before two samples come nearer than this; < 0 = off
    std::string name{};           ///< of the new tag; default: see default_name
    std::optional<std::string> score{};  ///< which score to use; default: the scorer's last
    std::uint64_t seed = 0;              ///< for what is random
    /// Any strategy by its name, with its options, goals and thresholds; goes before `method`.
    std::optional<selection::StrategyChoice> strategy{};
    std::optional<std::string> similar_to{};  ///< for similarity: a tag's name
    std::optional<double> proportion{};       ///< at most this share of what is unlabeled
};

/// All other attributes and the local time, as `CORESET_32_-1_03_11_2021__14_05_59`.
std::string default_name(const SamplerConfig& config, std::chrono::system_clock::time_point now);

}  // namespace trommel
