#pragma once

#include "trommel/pipeline/stage/registry.hpp"

#include <boost/json/value.hpp>

namespace trommel {

/// JSON Schema (draft 2020-12) of pipeline files, made from what their keys and the kinds of stages
/// declare: editors complete and check by it. What only `trommel lint` can know, such as how ports
/// fit, is not in it.
boost::json::value json_schema(const Registry& registry);

/// The same of a file of settings without references, all of whose maps may be empty.
boost::json::value json_schema(const OptionInfo& settings, const char* title);

}  // namespace trommel
