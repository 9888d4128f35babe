// TagData.
#pragma once

#include "trommel/dataset/records.hpp"

#include <string>
#include <string_view>

namespace trommel::server {

/// Without the optional fields of which clients of different age expect different forms.
void append_tag(std::string& out, const Tag& tag);

/// A mask as Python's int(text, 16) reads it: with or without 0x, blanks around it, _ between
/// digits. Throws ApiError 422.
BitMask parse_mask(std::string_view text);

}  // namespace trommel::server
