#include "pipeline/engine/stop/class_guard.hpp"

#include "pipeline/definition/load/entropy_advice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace trommel {
namespace {

constexpr std::size_t named_classes = 10;

std::set<std::string> schema_of(const Pipeline& pipeline, const RoundWatch& watch) {
    if (pipeline.dataset.classes.empty()) return watch.classes_known();
    return {pipeline.dataset.classes.begin(), pipeline.dataset.classes.end()};
}

std::string in_words(const std::vector<std::string>& classes) {
    const std::vector<std::string> shown(
        classes.begin(),
        classes.begin() + static_cast<std::ptrdiff_t>(std::min(named_classes, classes.size())));
    const auto rest = classes.size() - shown.size();
    return fmt::format(
        "'{}'{}", fmt::join(shown, "', '"), rest == 0 ? "" : fmt::format(" and {} more", rest));
}

Warning missing_classes(const std::vector<std::string>& missing, std::size_t all) {
    return {.code = "missing-class",
            .message = fmt::format("the labelled set has no sample of {} of {} classes: {}",
                                   missing.size(),
                                   all,
                                   in_words(missing)),
            .hint =
                "uncertainty may never find them; choose by CORESET for a round, or begin with "
                "some of each class: 'init: {names: FILE}'"};
}

}  // namespace

std::vector<Warning> class_warnings(const Pipeline& pipeline, const RoundWatch& watch) {
    std::vector<Warning> warnings;
    const auto schema = schema_of(pipeline, watch);
    const auto& seen = watch.classes_seen();
    if (seen.empty()) return warnings;
    std::vector<std::string> missing;
    std::ranges::set_difference(schema, seen, std::back_inserter(missing));
    if (!missing.empty()) warnings.push_back(missing_classes(missing, schema.size()));
    if (schema.size() > most_classes_for_entropy && entropy_selector(pipeline) != nullptr)
        warnings.push_back({.code = "entropy-many-classes",
                            .message = entropy_advice(schema.size()),
                            .hint = "choose by uncertainty_margin"});
    return warnings;
}

}  // namespace trommel
