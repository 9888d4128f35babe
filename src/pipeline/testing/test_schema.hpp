#pragma once

#include <boost/json/object.hpp>

namespace trommel {

/// The JSON Schema of what stands under `tests`.
boost::json::object tests_schema();

}  // namespace trommel
