#include "trommel/pipeline/operations/report/report.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("a report is one file with the curve, the baseline, the picks and the configuration",
          "[pipeline]") {
    Report report;
    report.pipeline = "digits";
    report.baseline_name = "baseline";
    report.history.measurements = {{0, 20, {{"e.accuracy", 0.5}}}, {1, 40, {{"e.accuracy", 0.75}}}};
    report.history.picks = {{1, {{"a<b.jpg", 0.25}}}};
    report.baseline.emplace().measurements = {{0, 20, {{"e.accuracy", 0.5}}},
                                              {1, 40, {{"e.accuracy", 0.625}}}};
    report.resolved_yaml = "name: digits\n";

    const auto html = to_html(report);
    CHECK(html.find("<svg") != std::string::npos);
    CHECK(html.find("<td>0.7500</td><td>0.6250</td>") != std::string::npos);
    CHECK(html.find("a&lt;b.jpg") != std::string::npos);
    CHECK(html.find("name: digits") != std::string::npos);
    CHECK(html.find("http") == std::string::npos);  // it needs nothing from elsewhere
}

TEST_CASE("a report of a large round shows its first picks and says how many there are",
          "[pipeline]") {
    Report report;
    report.history.picks = {{1, std::vector<PickedSample>(1000)}};
    CHECK(to_html(report).find("and 800 more in picks.csv") != std::string::npos);
}

}  // namespace trommel
