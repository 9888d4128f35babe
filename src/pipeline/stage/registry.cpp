#include "trommel/pipeline/stage/registry.hpp"

namespace trommel {

void Registry::add(StageType type) {
    auto name = type.name;
    types_.insert_or_assign(std::move(name), std::move(type));
}

const StageType* Registry::find(std::string_view name) const {
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : &found->second;
}

}  // namespace trommel
