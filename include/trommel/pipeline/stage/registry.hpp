#pragma once

#include "trommel/pipeline/stage/stage_type.hpp"

#include <map>
#include <string>
#include <string_view>

namespace trommel {

/// The kinds of stages that a pipeline may name. The pipeline floor knows stages through this
/// alone.
class Registry {
public:
    /// A kind of the same name is replaced.
    void add(StageType type);

    /// The kind called `name`, or null.
    const StageType* find(std::string_view name) const;

    const std::map<std::string, StageType, std::less<>>& types() const { return types_; }

private:
    std::map<std::string, StageType, std::less<>> types_;
};

}  // namespace trommel
