// SamplingMethod: the names of Lightly's methods, for its API and its agent; everything else speaks
// of strategies.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace trommel {

enum class SamplingMethod {
    random,           ///< RANDOM: uniformly
    coreset,          ///< CORESET: k-center greedy over the embeddings
    coral,            ///< CORAL: greedy on distance to the nearest chosen sample times score
    active_learning,  ///< ACTIVE_LEARNING: highest score first
};

inline constexpr std::array sampling_methods{SamplingMethod::random,
                                             SamplingMethod::coreset,
                                             SamplingMethod::coral,
                                             SamplingMethod::active_learning};

/// `RANDOM`, `CORESET`, `CORAL`, `ACTIVE_LEARNING`.
std::string to_string(SamplingMethod method);
std::optional<SamplingMethod> parse_sampling_method(std::string_view name);

/// The strategy that does what the method does, and back; none for strategies of ours.
std::string strategy_name(SamplingMethod method);
std::optional<SamplingMethod> method_of(std::string_view strategy);

}  // namespace trommel
