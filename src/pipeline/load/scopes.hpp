#pragma once

#include "trommel/pipeline/language/interpolation.hpp"
#include "trommel/pipeline/pipeline.hpp"

#include <map>
#include <string>
#include <vector>

namespace trommel {

/// `${env.NAME}`.
ScopeRoot environment_root();

/// `env`, `params` and `matrix`, with `state`, `round` and `run` as they are in the given round.
Scope scope_of(const std::map<std::string, Node>& params, const RoundValues& values);

/// The same with everything that only a round knows left as written.
Scope deferred_scope_of(const std::map<std::string, Node>& params,
                        const std::vector<StateSpec>& state);

/// What a round might bring, to check options that refer to it before there is a round.
RoundValues example_values(const std::vector<StateSpec>& state);

}  // namespace trommel
