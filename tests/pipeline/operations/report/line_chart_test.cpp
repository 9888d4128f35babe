#include "pipeline/operations/report/line_chart.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("ticks are round numbers that span the values", "[pipeline]") {
    CHECK(ticks(20, 220, 12) ==
          std::vector<double>{20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220});
    const auto shares = ticks(0.658, 0.968, 8);
    CHECK(shares.front() <= 0.658);
    CHECK(shares.back() >= 0.968);
    CHECK(shares.size() <= 9);
}

TEST_CASE("a single value still has an axis", "[pipeline]") {
    const auto values = ticks(3, 3, 8);
    CHECK(values.front() < 3);
    CHECK(values.back() > 3);
}

TEST_CASE("a chart names its series and every point's value, with markup in names made harmless",
          "[pipeline]") {
    const auto svg =
        to_svg({.title = "t",
                .x_label = "x",
                .y_label = "y",
                .series = {{.name = "<b>", .dashed = true, .points = {{1, 0.5}, {2, 0.75}}}}});
    CHECK(svg.find("<title>&lt;b&gt;: 0.75 at 2</title>") != std::string::npos);
    CHECK(svg.find("<b>") == std::string::npos);
    CHECK(svg.find("dashed") != std::string::npos);
}

TEST_CASE("a chart of nothing says so", "[pipeline]") {
    CHECK(to_svg({}).find("Nothing has been measured") != std::string::npos);
}

}  // namespace trommel
