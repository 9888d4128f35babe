#pragma once

#include "cli/settings/server_config.hpp"

namespace trommel::cli {

/// What may appear in an item of `tokens:`.
OptionInfo token_info();

/// Reads the list `tokens:`.
void read_tokens(const Node& node, const OptionReader& reader, ServerConfig& config);

}  // namespace trommel::cli
