#pragma once

#include <string_view>

namespace trommel {

/// Whether a reader of JSON takes the text: it is one value, in UTF-8.
bool is_json(std::string_view text);

}  // namespace trommel
