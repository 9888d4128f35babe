#include "pipeline/load/sections.hpp"
#include "pipeline/stop/class_guard.hpp"

namespace trommel {

void advise(const Pipeline& pipeline, Diagnostics& diagnostics) {
    const std::size_t classes = pipeline.dataset.classes.size();
    const StageSpec* entropy =
        classes > most_classes_for_entropy ? entropy_selector(pipeline) : nullptr;
    if (entropy != nullptr)
        diagnostics.warning(entropy->place,
                            "entropy-many-classes",
                            entropy_advice(classes),
                            "choose by uncertainty_margin");
}

}  // namespace trommel
