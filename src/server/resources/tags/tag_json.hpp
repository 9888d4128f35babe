// TagData.
#pragma once

#include "trommel/dataset/records.hpp"
#include "trommel/http/message.hpp"
#include "trommel/platform/platform.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel::server {

/// 200 with these tags, of which one is in memory at a time. One that has been deleted before its
/// turn came is left out.
http::Response tags_answer(Platform& platform,
                           const DatasetId& dataset,
                           const std::vector<Tag>& tags);

/// A mask as Python's int(text, 16) reads it: with or without 0x, blanks around it, _ between
/// digits. Throws ApiError 422.
BitMask parse_mask(std::string_view text);

}  // namespace trommel::server
