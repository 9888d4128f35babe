#include "pipeline/definition/load/entropy_advice.hpp"
#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/references.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace trommel {
namespace {

void advise_on_entropy(const Pipeline& pipeline, Diagnostics& diagnostics) {
    const std::size_t classes = pipeline.dataset.classes.size();
    const StageSpec* entropy =
        classes > most_classes_for_entropy ? entropy_selector(pipeline) : nullptr;
    if (entropy != nullptr)
        diagnostics.warning(entropy->place,
                            "entropy-many-classes",
                            entropy_advice(classes),
                            "choose by uncertainty_margin");
}

/// Who reads a state always reads what it was when the round began, so the order of stages makes no
/// race of it; but who has put the reader after the writer has meant something else.
void advise_on_order(const Pipeline& pipeline, const StageSpec& writer, Diagnostics& diagnostics) {
    std::set<std::string> after{writer.name};
    for (const auto& stage : pipeline.stages) {
        const auto waits = [&](const std::string& name) { return after.contains(name); };
        if (!std::ranges::any_of(stage.from, waits) && !std::ranges::any_of(stage.needs, waits))
            continue;
        after.insert(stage.name);
        if (!stage.with) continue;
        for_each_reference(
            *stage.with, "state", [&](const Node& scalar, const Reference& reference) {
                if (reference.path != writer.writes) return;
                diagnostics.warning(
                    scalar.place_at(reference.offset, reference.length),
                    "state-of-before",
                    fmt::format("stage '{}' runs after '{}', which writes '{}', and yet reads what "
                                "it was when the round began",
                                stage.name,
                                writer.name,
                                writer.writes),
                    fmt::format("for what this round writes, read 'from: {}'", writer.name));
            });
    }
}

}  // namespace

void advise(const Pipeline& pipeline, Diagnostics& diagnostics) {
    advise_on_entropy(pipeline, diagnostics);
    for (const auto& stage : pipeline.stages)
        if (!stage.writes.empty()) advise_on_order(pipeline, stage, diagnostics);
}

}  // namespace trommel
