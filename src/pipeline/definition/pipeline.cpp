#include "trommel/pipeline/definition/pipeline.hpp"

#include "trommel/pipeline/language/scalar.hpp"

namespace trommel {

const StageSpec* Pipeline::find_stage(std::string_view stage) const {
    for (const auto& spec : stages)
        if (spec.name == stage) return &spec;
    return nullptr;
}

const std::string& Pipeline::file_of(const Place& place) const {
    return place.file == 0 ? source.name : bases.at(place.file - 1)->name;
}

std::filesystem::path Pipeline::folder_of(std::uint32_t file) const {
    if (file == 0) return folder;
    return std::filesystem::path(bases.at(file - 1)->name).parent_path();
}

double CostSpec::of_stage(std::string_view stage) const {
    for (const auto& cost : stages)
        if (cost.stage == stage) return cost.amount;
    return 0;
}

std::uint64_t Pipeline::seed() const {
    const auto found = params.find("seed");
    if (found == params.end()) return 0;
    return static_cast<std::uint64_t>(std::get<std::int64_t>(scalar_of(found->second)));
}

}  // namespace trommel
