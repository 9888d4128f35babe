#include "trommel/pipeline/report/report.hpp"

#include "pipeline/report/line_chart.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace trommel {
namespace {

constexpr std::size_t shown_picks = 200;

constexpr auto style = R"(
:root { color-scheme: light dark; --text: #1c2430; --faint: #667085; --back: #fff; --grid: #e4e7ec;
        --line-0: #1f6feb; --line-1: #d1650f; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --faint: #98a2b3; --back: #14181f; --grid: #2c3440; --line-0: #5ea1ff; --line-1: #f0954a; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
       max-width: 860px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.faint { color: var(--faint); }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--faint); }
svg .title { font-size: 14px; font-weight: 600; fill: var(--text); } .grid { stroke: var(--grid); }
polyline { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 6 4; }
polyline.line-0 { stroke: var(--line-0); } circle.line-0 { fill: var(--line-0); }
polyline.line-1 { stroke: var(--line-1); } circle.line-1 { fill: var(--line-1); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .15rem .8rem; border-bottom: 1px solid var(--grid); }
td.name, th.name { text-align: left; } details { margin: .4rem 0; } summary { cursor: pointer; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--grid); border-radius: 6px; font-size: 13px; }
)";

Series series_of(const History& history, const std::string& metric, const std::string& name) {
    Series series{.name = name, .dashed = false, .points = {}};
    for (const auto& measurement : history.measurements)
        if (const auto found = measurement.values.find(metric); found != measurement.values.end())
            series.points.emplace_back(static_cast<double>(measurement.labels), found->second);
    return series;
}

std::string curves(const Report& report) {
    std::string html;
    for (const auto& [metric, column] : report.history.columns()) {
        LineChart chart{.title = fmt::format("{} by labels", column),
                        .x_label = "labels",
                        .y_label = column,
                        .series = {series_of(report.history, metric, report.pipeline)}};
        if (report.baseline) {
            chart.series.push_back(series_of(*report.baseline, metric, report.baseline_name));
            chart.series.back().dashed = true;
        }
        html += to_svg(chart);
    }
    return html;
}

std::string baseline_value(const Report& report, std::size_t labels, const std::string& metric) {
    if (!report.baseline) return {};
    for (const auto& measurement : report.baseline->measurements)
        if (measurement.labels == labels && measurement.values.contains(metric))
            return fmt::format("{:.4f}", measurement.values.at(metric));
    return "–";
}

std::string table(const Report& report) {
    const auto columns = report.history.columns();
    std::string html = "<table><tr><th>round</th><th>labels</th>";
    for (const auto& [metric, column] : columns) {
        html += fmt::format("<th>{}</th>", escape_html(column));
        if (report.baseline) html += fmt::format("<th>{}</th>", escape_html(report.baseline_name));
    }
    html += "</tr>\n";
    for (const auto& measurement : report.history.measurements) {
        html += fmt::format(
            "<tr><td>{}</td><td>{}</td>", measurement.round, with_commas(measurement.labels));
        for (const auto& [metric, column] : columns) {
            const auto found = measurement.values.find(metric);
            const bool known = found != measurement.values.end();
            html += known ? fmt::format("<td>{:.4f}</td>", found->second) : "<td>–</td>";
            if (report.baseline)
                html +=
                    fmt::format("<td>{}</td>", baseline_value(report, measurement.labels, metric));
        }
        html += "</tr>\n";
    }
    return html + "</table>\n";
}

std::string picks_of(const RoundPicks& round) {
    std::string html = fmt::format(
        "<details><summary>Round {}: {} samples</summary>\n<table><tr>"
        "<th>rank</th><th class='name'>file</th><th>score</th></tr>\n",
        round.round,
        with_commas(round.picks.size()));
    for (std::size_t i = 0; i < std::min(round.picks.size(), shown_picks); ++i) {
        const auto& pick = round.picks[i];
        html += fmt::format("<tr><td>{}</td><td class='name'>{}</td><td>{}</td></tr>\n",
                            i + 1,
                            escape_html(pick.file_name),
                            pick.score ? fmt::format("{:.4f}", *pick.score) : "–");
    }
    html += "</table>\n";
    if (round.picks.size() > shown_picks)
        html += fmt::format("<p class='faint'>and {} more in picks.csv</p>\n",
                            with_commas(round.picks.size() - shown_picks));
    return html + "</details>\n";
}

std::string warnings_of(const History& history) {
    if (history.warnings.empty()) return {};
    std::string html = "<h2>Warnings</h2>\n<ul>\n";
    for (const auto& warning : history.warnings)
        html += fmt::format("<li>Round {}: {}; {}.</li>\n",
                            warning.round,
                            escape_html(warning.message),
                            escape_html(warning.hint));
    return html + "</ul>\n";
}

/// What stages could not use; nothing if there was none.
std::string failed_records(const Report& report) {
    if (report.history.failed.empty()) return {};
    std::string html =
        "<h2>Records left out</h2>\n<table><tr><th>round</th><th class='name'>stage</th>"
        "<th>records</th><th>of</th><th class='name'>became</th></tr>\n";
    for (const auto& failed : report.history.failed)
        html += fmt::format(
            "<tr><td>{}</td><td class='name'>{}</td><td>{}</td><td>{}</td><td class='name'>{}</td>"
            "</tr>\n",
            failed.round,
            escape_html(failed.stage),
            with_commas(failed.records),
            with_commas(failed.of),
            failed.quarantined ? "quarantined" : "skipped");
    return html + "</table>\n";
}

}  // namespace

std::string to_html(const Report& report) {
    std::string html = fmt::format(
        "<!doctype html>\n<html lang='en'>\n<head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>\n"
        "<title>{}: trommel</title>\n<style>{}</style></head>\n<body>\n",
        escape_html(report.pipeline),
        style);
    html += fmt::format("<h1>{}</h1>\n<p class='faint'>Run {}. {}</p>\n",
                        escape_html(report.pipeline),
                        escape_html(report.run),
                        escape_html(report.summary));
    html += warnings_of(report.history);
    html += "<h2>Learning curve</h2>\n" + curves(report) + table(report);
    html += failed_records(report);
    html += "<h2>What was picked</h2>\n";
    for (const auto& round : report.history.picks) html += picks_of(round);
    html += fmt::format("<h2>Configuration, resolved</h2>\n<pre>{}</pre>\n</body>\n</html>\n",
                        escape_html(report.resolved_yaml));
    return html;
}

}  // namespace trommel
