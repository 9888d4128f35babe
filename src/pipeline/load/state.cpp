#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

#include <fmt/format.h>

namespace trommel {

std::vector<StateSpec> read_state(const Node& node, const LoadContext& load) {
    std::vector<StateSpec> states;
    const Node resolved = load.resolved(node);
    if (!resolved.is_map())
        load.diagnostics().error(node.place(), "wrong-type", "'state' must be a map");
    for (const auto& [name, place, value] : resolved.entries()) {
        StateSpec state;
        state.name = name;
        Section section(value, fmt::format("state '{}'", name), load.diagnostics());
        if (const Node* init = section.find("init"))
            state.init = read_source(*init, fmt::format("the initial set of '{}'", name), load);
        if (const Node* tag = section.find("tag")) read_name(*tag, load, state.tag);
        section.refuse_others();
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace trommel
