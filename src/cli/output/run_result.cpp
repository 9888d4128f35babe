#include "cli/output/run_result.hpp"

#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iterator>

namespace trommel::cli {
namespace {

namespace json = boost::json;

/// The value that the baseline has at as many labels, or a dash.
std::string baseline_value(const RunResult& result, std::size_t labels, const std::string& metric) {
    for (const auto& measurement : result.baseline->measurements)
        if (measurement.labels == labels && measurement.values.contains(metric))
            return fmt::format("{:.4f}", measurement.values.at(metric));
    return "-";
}

json::array to_json(const History& history) {
    json::array measurements;
    for (const auto& measurement : history.measurements) {
        json::object values;
        for (const auto& [metric, value] : measurement.values) values[metric] = value;
        measurements.push_back({{"round", measurement.round},
                                {"labels", measurement.labels},
                                {"metrics", std::move(values)}});
    }
    return measurements;
}

json::array to_json(const std::vector<HeldRule>& rules) {
    json::array all;
    for (const auto& held : rules) {
        json::object rule{{"rule", held.rule}, {"text", held.text}, {"detail", held.detail}};
        if (held.value) rule["value"] = *held.value;
        if (held.threshold) rule["threshold"] = *held.threshold;
        all.push_back(std::move(rule));
    }
    return all;
}

json::array to_json(const std::vector<Warning>& warnings) {
    json::array all;
    for (const auto& warning : warnings)
        all.push_back({{"round", warning.round},
                       {"code", warning.code},
                       {"message", warning.message},
                       {"hint", warning.hint}});
    return all;
}

json::array to_json(const std::vector<FailedRecords>& failed) {
    json::array rounds;
    for (const auto& one : failed)
        rounds.push_back({{"stage", one.stage},
                          {"round", one.round},
                          {"records", one.records},
                          {"of", one.of},
                          {"quarantined", one.quarantined}});
    return rounds;
}

std::string value_of(const Measurement& measurement, const std::string& metric) {
    const auto found = measurement.values.find(metric);
    return found == measurement.values.end() ? "-" : fmt::format("{:.4f}", found->second);
}

}  // namespace

void print_table(const RunResult& result) {
    if (result.history.measurements.empty()) return;  // nothing in the pipeline measures
    const auto columns = result.history.columns();
    std::string line = fmt::format("{:>5}  {:>8}", "round", "labels");
    auto out = std::back_inserter(line);
    for (const auto& [metric, column] : columns) {
        fmt::format_to(out, "  {:>10}", column);
        if (result.baseline) fmt::format_to(out, "  {:>10}", "baseline");
    }
    print_result("{}\n", line);
    for (const auto& measurement : result.history.measurements) {
        line = fmt::format("{:>5}  {:>8}", measurement.round, with_commas(measurement.labels));
        for (const auto& [metric, column] : columns) {
            fmt::format_to(out, "  {:>10}", value_of(measurement, metric));
            if (result.baseline)
                fmt::format_to(out, "  {:>10}", baseline_value(result, measurement.labels, metric));
        }
        print_result("{}\n", line);
    }
}

void print_json(const RunResult& result, const std::filesystem::path& directory) {
    json::object summary{{"run", result.id},
                         {"directory", directory.string()},
                         {"stopped_because", result.stopped_because},
                         {"stopped_by", to_json(result.rules)},
                         {"spent", result.history.facts.spent},
                         {"warnings", to_json(result.history.warnings)},
                         {"measurements", to_json(result.history)},
                         {"failed_records", to_json(result.history.failed)}};
    if (result.baseline) summary["baseline"] = to_json(*result.baseline);
    print(summary);
}

}  // namespace trommel::cli
