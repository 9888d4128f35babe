#pragma once

#include <boost/json/object.hpp>

namespace trommel {

/// JSON Schema of the policy keys, as properties of a stage and of `defaults`.
boost::json::object policy_schemas();

/// JSON Schema of `limits`.
boost::json::object limits_schema();

}  // namespace trommel
