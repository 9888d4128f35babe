#include "trommel/pipeline/operations/report/report.hpp"

#include "pipeline/operations/report/line_chart.hpp"
#include "pipeline/operations/report/page.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace trommel {
namespace {

constexpr std::size_t shown_picks = 200;

Series series_of(const History& history, const std::string& metric, const std::string& name) {
    Series series{.name = name, .dashed = false, .points = {}, .band = {}};
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
    const auto stop_reason = stop_reason_of(round);
    std::string html = fmt::format(
        "<details><summary>Round {}: {} samples{}</summary>\n<table><tr>"
        "<th>rank</th><th class='name'>file</th><th>score</th></tr>\n",
        round.round,
        with_commas(round.picks.size()),
        stop_reason.empty() ? "" : "; " + stop_reason);
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
    std::string html;
    html += fmt::format("<h1>{}</h1>\n<p class='faint'>Run {}. {}</p>\n",
                        escape_html(report.pipeline),
                        escape_html(report.run),
                        escape_html(report.summary));
    html += warnings_of(report.history);
    html += "<h2>Learning curve</h2>\n" + curves(report) + table(report);
    html += failed_records(report);
    html += "<h2>What was picked</h2>\n";
    for (const auto& round : report.history.picks) html += picks_of(round);
    html += fmt::format("<h2>Configuration, resolved</h2>\n<pre>{}</pre>\n",
                        escape_html(report.resolved_yaml));
    return page_of(report.pipeline, html);
}

}  // namespace trommel
