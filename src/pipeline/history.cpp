#include "trommel/pipeline/history.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace trommel {
namespace {

std::string short_name(const std::string& metric) { return metric.substr(metric.rfind('.') + 1); }

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

std::string metrics_csv(const History& history) {
    std::string csv = "round,labels";
    const auto columns = history.columns();
    for (const auto& [metric, name] : columns) csv += ',' + csv_field(name);
    csv += '\n';
    for (const auto& measurement : history.measurements) {
        fmt::format_to(std::back_inserter(csv), "{},{}", measurement.round, measurement.labels);
        for (const auto& [metric, name] : columns) {
            const auto found = measurement.values.find(metric);
            csv += ',';
            if (found != measurement.values.end()) csv += shortest(found->second);
        }
        csv += '\n';
    }
    return csv;
}

std::string picks_csv(const History& history) {
    std::string csv = "round,rank,file_name,score\n";
    for (const auto& round : history.picks)
        for (std::size_t rank = 0; rank < round.picks.size(); ++rank)
            fmt::format_to(std::back_inserter(csv),
                           "{},{},{},{}\n",
                           round.round,
                           rank + 1,
                           csv_field(round.picks[rank].file_name),
                           round.picks[rank].score ? shortest(*round.picks[rank].score) : "");
    return csv;
}

}  // namespace trommel
