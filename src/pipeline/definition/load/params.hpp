#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/interpolation.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// A declared param: `batch: {type: int, default: 20, min: 1}`, or `batch: 20` for short.
struct ParamSpec {
    OptionInfo info{};
    std::optional<Node> fallback{};
    Place place{};
};

using ParamSpecs = std::map<std::string, ParamSpec>;

/// Reads the map `params`; defaults may refer to `env`.
ParamSpecs read_params(const Node& params, const Scope& scope, Diagnostics& diagnostics);
OptionInfo params_info();
/// A map from names of params to values, as `baseline`.
OptionInfo param_values_info(std::string name, std::string help, std::size_t at_least = 0);

/// Each param's value: its override, else its default. Throws ConfigError for an override that does
/// not fit.
std::map<std::string, Node> param_values(const ParamSpecs& params,
                                         const Overrides& overrides,
                                         Diagnostics& diagnostics);

/// Whether `value` fits the param; if not, says so at its place.
bool check_param(const ParamSpec& param, const Node& value, Diagnostics& diagnostics);

}  // namespace trommel
