#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

#include <fmt/format.h>

namespace trommel {

PlatformSpec read_platform(const Node& node, const LoadContext& load) {
    PlatformSpec platform;
    const Node resolved = load.resolved(node);
    if (resolved.is_scalar()) {
        if (resolved.text() != "embedded")
            load.diagnostics().error(
                node.place(),
                "unknown-choice",
                fmt::format("there is no platform {}", describe(resolved)),
                "write 'embedded', or '{embedded: FILE}' to keep its database");
        return platform;
    }
    Section section(resolved, "the platform", load.diagnostics());
    if (const Node* file = section.need("embedded"))
        load.reader.read(*file, info_of("embedded", "path"), platform.database.emplace());
    section.refuse_others();
    return platform;
}

}  // namespace trommel
