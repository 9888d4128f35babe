#include "cli/json_output.hpp"

#include "trommel/core/json_text.hpp"

#include <fmt/format.h>

namespace trommel::cli {

void print(const boost::json::value& value) { fmt::print("{}\n", indented(value)); }

}  // namespace trommel::cli
