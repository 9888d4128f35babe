// Names: what samples, datasets, tags, embeddings, scores and tokens may be called, wherever a name
// comes in. The names of some of them have narrower rules beside this one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trommel {

inline constexpr std::size_t max_name_bytes = 1024;

/// What is wrong with a name, to appear behind it in a sentence: `is empty`, `has 2,000 bytes, more
/// than 1,024`, `is not valid UTF-8`, `holds a control character or a line end`. Nothing if it is
/// fine: a name never adds a line to a text, and can be written as JSON as it is.
std::optional<std::string> fault_of_name(std::string_view name);

/// Any text as part of a message: bytes that are not plain text as \xNN, and no more than `most` of
/// them.
std::string shown(std::string_view text, std::size_t most = 80);

}  // namespace trommel
