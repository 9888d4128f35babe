// `extends: FILE`: a pipeline that says only what it does otherwise than its bases.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>

namespace trommel {

/// How many files may extend each other in a row, and be read for one pipeline in all.
inline constexpr std::size_t max_extends_depth = 8;
inline constexpr std::size_t max_bases = 32;

/// `document`, the text `source`, put over the bases that it names, which are included in
/// `diagnostics`; without its `extends`. Of several bases a later one is put over an earlier one,
/// and each over its own bases. Nothing if a base is not there or not YAML; that is then said.
///
/// Maps are put together key by key, the base's keys first. All else replaces what the base has,
/// and nothing (`key: ~`) takes its key away. Every value keeps its place, and relative paths go
/// from the folder of the file in which they appear; those in `source` from `folder`.
std::optional<Node> extend(const Node& document,
                           const SourceText& source,
                           const std::filesystem::path& folder,
                           Diagnostics& diagnostics);

}  // namespace trommel
