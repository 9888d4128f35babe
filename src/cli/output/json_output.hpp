#pragma once

#include <boost/json/value.hpp>

namespace trommel::cli {

/// Prints the value to standard output, indented.
void print(const boost::json::value& value);

}  // namespace trommel::cli
