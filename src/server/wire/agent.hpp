// Agent: which generation of Lightly's clients asks.
#pragma once

#include <string_view>

namespace trommel::server {

/// What clients of different age need different answers for.
struct Agent {
    /// Takes the first of a list of embeddings for the newest one; older ones take the last
    /// (changed in 1.2.34).
    bool newest_first = false;
    /// May be 1.1.6 or older, which uploads the scores of the unlabeled samples to the preselected
    /// tag. Cannot be told from what followed, up to 1.2.13.
    bool may_score_unlabeled = false;
};

/// Clients since 1.2.14 call themselves `Lightly/x.y.z (…)`, older ones `Swagger-Codegen/1.0.0/…`.
Agent parse_agent(std::string_view user_agent);

}  // namespace trommel::server
