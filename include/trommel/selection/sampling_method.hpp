#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trommel {

/// How to select; the names of Lightly's SamplingMethod.
enum class SamplingMethod {
    random,           ///< RANDOM: uniformly
    coreset,          ///< CORESET: k-center greedy over the embeddings
    coral,            ///< CORAL: greedy on distance to the nearest chosen sample times score
    active_learning,  ///< ACTIVE_LEARNING: highest score first
};

/// `RANDOM`, `CORESET`, `CORAL`, `ACTIVE_LEARNING`.
std::string to_string(SamplingMethod method);
std::optional<SamplingMethod> parse_sampling_method(std::string_view name);

/// Whether the method looks at embeddings, and whether at scores.
bool uses_embeddings(SamplingMethod method);
bool uses_scores(SamplingMethod method);

}  // namespace trommel
