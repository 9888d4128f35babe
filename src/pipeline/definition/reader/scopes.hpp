#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/interpolation.hpp"

#include <map>
#include <string>
#include <vector>

namespace trommel {

/// `${env.NAME}`.
ScopeRoot environment_root();

/// `${secrets.NAME}` with its value: only for what is about to run.
ScopeRoot secrets_root(const Secrets& secrets);

/// `env`, `params` and `matrix`, with `state`, `round` and `run` as they are in the given round.
/// For secrets appears a text that is none of them.
Scope scope_of(const std::map<std::string, Node>& params,
               const RoundValues& values,
               const Secrets& secrets);

/// The same with secrets and everything that only a round knows left as written.
Scope deferred_scope_of(const std::map<std::string, Node>& params,
                        const std::vector<StateSpec>& state,
                        const Secrets& secrets);

/// What a round might bring, to check options that refer to it before there is a round.
RoundValues example_values(const std::vector<StateSpec>& state);

}  // namespace trommel
