#include "cli/output/json_output.hpp"

#include "cli/output/output.hpp"
#include "trommel/core/json_text.hpp"

namespace trommel::cli {

void print(const boost::json::value& value) { print_result("{}\n", indented(value)); }

}  // namespace trommel::cli
