// Short forms in which tests state what was found where.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// `2:5+3`: line, column, length.
inline std::string to_text(const Place& place) {
    return fmt::format("{}:{}+{}", place.line, place.column, place.length);
}

using Lines = std::vector<std::string>;

/// `2:5+3 code: message (hint)`, one for each finding.
inline Lines findings(const Diagnostics& diagnostics) {
    Lines lines;
    for (const auto& found : diagnostics.sorted()) {
        auto line = fmt::format("{} {}: {}", to_text(found.place), found.code, found.message);
        if (!found.hint.empty()) line += fmt::format(" ({})", found.hint);
        lines.push_back(line);
    }
    return lines;
}

/// What parse_yaml has against `text`.
inline Lines findings_of(const std::string& text) {
    Diagnostics diagnostics;
    parse_yaml({"test.yaml", text}, diagnostics);
    return findings(diagnostics);
}

/// The tree of a text without faults. Throws ConfigErrors if it has one.
inline Node tree_of(const std::string& text) {
    const SourceText source{"test.yaml", text};
    Diagnostics diagnostics;
    const auto tree = parse_yaml(source, diagnostics);
    diagnostics.throw_if_errors(source);
    return tree.value();
}

}  // namespace trommel
