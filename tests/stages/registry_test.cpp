#include "trommel/pipeline/language/yaml.hpp"
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("every stage and option has a help, and every default reads back as its type",
          "[stages]") {
    const Registry registry = stages::all_stages();
    for (const auto& [name, type] : registry.types()) {
        INFO(name);
        CHECK_FALSE(type.help.empty());
        CHECK(type.help.back() == '.');
        for (const auto& option : type.options) {
            INFO(option.info.name);
            CHECK_FALSE(option.info.help.empty());
            if (option.info.fallback.empty()) continue;
            Diagnostics diagnostics;
            const SourceText text{"default", option.info.fallback};
            const auto node = parse_yaml(text, diagnostics);
            REQUIRE(node);
            std::any options = type.defaults;
            option.read(*node, OptionReader{diagnostics, {}}, options);
            CHECK(diagnostics.render(text) == "");
        }
    }
}

}  // namespace trommel
