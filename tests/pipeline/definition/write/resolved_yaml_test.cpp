#include "pipeline/fake_stages.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("the resolved file has every param and option filled in and is itself a good file",
          "[pipeline]") {
    const auto pipeline = test::read(
        test::with_stages("  a: {uses: tags, with: {preselected: '${state.labeled}'}}\n"
                          "  b: {uses: think, from: a, with: {depth: '${params.batch}'}}\n"),
        {{"batch", "6"}});
    const auto resolved = resolved_yaml(pipeline);

    CHECK(resolved.find("  batch: 6\n") != std::string::npos);
    CHECK(resolved.find(
              "    with:\n      depth: 6\n      weight: 0.5\n      loud: false\n      mood: calm\n"
              "      about: [cats]\n      pause: 0ms\n") != std::string::npos);
    CHECK(resolved.find("preselected: \"${state.labeled}\"") != std::string::npos);
    CHECK(test::lint(resolved) == "");
    CHECK(resolved_yaml(test::read(resolved)) == resolved);
}

}  // namespace trommel
