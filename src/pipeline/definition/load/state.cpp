#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

MapType<StateSpec> state_type() {
    return MapType<StateSpec>("A set of samples that outlives a round.")
        .key(source_type().info().as("init", "Initial samples; default: none."),
             [](const Node& node, const OptionReader& reader, StateSpec& state) {
                 const auto owner = fmt::format("the initial set of '{}'", state.name);
                 source_type().read(node, owner, reader, state.init);
             })
        .key(name_info("tag", "Name under which the platform keeps it between runs."),
             [](const Node& node, const OptionReader& reader, StateSpec& state) {
                 read_name(node, reader, state.tag);
             });
}

}  // namespace

OptionInfo state_info() {
    return many_of("named", state_type().info())
        .as("state", "Named states: each is a tag that rounds read and write.");
}

std::vector<StateSpec> read_state(const Node& node, const OptionReader& reader) {
    std::vector<StateSpec> states;
    const Node resolved = reader.resolved(node);
    if (!resolved.is_map())
        reader.diagnostics.error(node.place(), "wrong-type", "'state' must be a map");
    const auto type = state_type();
    for (const auto& [name, place, value] : resolved.entries()) {
        states.emplace_back().name = name;
        type.read(value, fmt::format("state '{}'", name), reader, states.back());
    }
    return states;
}

}  // namespace trommel
