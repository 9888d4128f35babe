// How a scalar appears in its file, so that parts of its text can be found there.
#pragma once

#include "pipeline/language/source_map.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace trommel {

/// The bytes [begin, end) of `source` from which a scalar's text was read, without quotes.
struct RawScalar {
    enum class Quotes { none, single_quoted, double_quoted };

    std::shared_ptr<const SourceMap> source{};
    std::size_t begin = 0;
    std::size_t end = 0;
    Quotes quotes = Quotes::none;
};

/// The bytes in the source at which byte `offset` of a scalar's `text` appears.
///
/// Every YAML style keeps the characters that are not blank in order, and only adds or drops
/// blanks and quotes and spells some characters as escapes: so the two texts are walked together,
/// character by character, past blanks. O(offset).
std::size_t find_in_source(const RawScalar& raw, std::string_view text, std::size_t offset);

}  // namespace trommel
