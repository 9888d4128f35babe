// The folder of kinds is their list: a file for each, named as `trommel components` names it.
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

namespace trommel::test {
namespace {

using StageNames = std::set<std::string>;

StageNames kinds_of_folder() {
    StageNames names;
    const std::filesystem::path folder = TROMMEL_SOURCE_DIR "/src/stages/kinds";
    for (const auto& file : std::filesystem::directory_iterator(folder))
        names.insert(file.path().filename().string());
    return names;
}

StageNames kinds_of_registry() {
    StageNames names;
    const Registry registry = stages::all_stages();
    for (const auto& [kind, type] : registry.types()) {
        std::string name = kind;
        std::ranges::replace(name, '.', '_');
        names.insert(name + ".cpp");
    }
    return names;
}

TEST_CASE("each kind of stage has a file of its name, and no other file is there", "[stages]") {
    CHECK(kinds_of_folder() == kinds_of_registry());
}

}  // namespace
}  // namespace trommel::test
