#include "trommel/pipeline/engine/history/history.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace trommel {
namespace {

std::string short_name(const std::string& metric) { return metric.substr(metric.rfind('.') + 1); }

std::string text_of(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

}  // namespace

std::vector<double> History::values_of(const std::string& metric) const {
    std::vector<double> values;
    for (const auto& measurement : measurements)
        if (const auto found = measurement.values.find(metric); found != measurement.values.end())
            values.push_back(found->second);
    return values;
}

std::map<std::string, std::string> History::columns() const {
    std::map<std::string, std::string> names;
    for (const auto& measurement : measurements)
        for (const auto& [metric, value] : measurement.values) names[metric] = short_name(metric);
    std::map<std::string, int> uses;
    for (const auto& [metric, name] : names) ++uses[name];
    for (auto& [metric, name] : names)
        if (uses[name] > 1) name = metric;
    return names;
}

void add_outcome(RoundPicks& round, const SelectionOutcome& one) {
    if (one.stop_reason) round.stop_reasons.push_back(*one.stop_reason);
    for_each_field(outcome_fields, [&](const auto& each) {
        const auto& value = each.of(one);
        auto& all = each.of(round.outcome);
        if (!value || each.info.together == Together::nothing) return;
        const bool is_less = !all || *value < *all;
        if (!all || is_less == (each.info.together == Together::least)) all = value;
    });
}

std::string stop_reason_of(const RoundPicks& round) {
    std::string text;
    for (const auto stop_reason : round.stop_reasons)
        text += (text.empty() ? "" : "; ") + selection::describe(stop_reason);
    if (const auto recall = round.outcome.recall)
        text += fmt::format(
            "{}{:.1f} % of nearest samples found", text.empty() ? "" : "; ", 100 * *recall);
    return text;
}

std::string metrics_row(const Measurement& measurement,
                        const std::map<std::string, std::string>& columns) {
    std::string row = fmt::format("{},{}", measurement.round, measurement.labels);
    for (const auto& [metric, name] : columns) {
        const auto found = measurement.values.find(metric);
        row += ',';
        if (found != measurement.values.end()) row += shortest(found->second);
    }
    return row + '\n';
}

std::string picks_rows(const RoundPicks& round) {
    std::string rows;
    for (std::size_t rank = 0; rank < round.picks.size(); ++rank) {
        const auto& pick = round.picks[rank];
        fmt::format_to(std::back_inserter(rows),
                       "{},{},{},{},{},{}\n",
                       round.round,
                       rank + 1,
                       csv_field(pick.file_name),
                       text_of(pick.score),
                       text_of(pick.distance),
                       pick.nearest ? csv_field(*pick.nearest) : "");
    }
    return rows;
}

std::string metrics_csv(const History& history) {
    std::string csv = "round,labels";
    const auto columns = history.columns();
    for (const auto& [metric, name] : columns) csv += ',' + csv_field(name);
    csv += '\n';
    for (const auto& measurement : history.measurements) csv += metrics_row(measurement, columns);
    return csv;
}

std::string picks_csv(const History& history) {
    std::string csv = "round,rank,file_name,score,distance,nearest\n";
    for (const auto& round : history.picks) csv += picks_rows(round);
    return csv;
}

}  // namespace trommel
