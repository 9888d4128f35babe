// What the keys have in common that name a server.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <string>
#include <string_view>

namespace trommel {

/// What a text has to hold that is to be a secret: a reference to one.
inline constexpr const char* secret_pattern = R"(\$\{secrets\.)";

void check_url(const Node& node, const std::string& url, Diagnostics& diagnostics);

/// Whoever may read the file could do all that `what`, a token or a key, allows.
void check_is_secret(const Node& node, std::string_view what, Diagnostics& diagnostics);

}  // namespace trommel
