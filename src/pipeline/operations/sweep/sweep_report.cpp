#include "trommel/pipeline/operations/sweep/sweep_report.hpp"

#include "pipeline/operations/report/line_chart.hpp"
#include "pipeline/operations/report/page.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

constexpr auto method =
    "<p class='faint'>A curve is the mean over seeds, its band the 95 % confidence interval of "
    "that "
    "mean (Student's t). The area is the mean height of a curve over the labels that all curves "
    "cover; AUBC is the area under the budget curve as Lu, Li &amp; Lin (arXiv 2306.08954) publish "
    "it. Labels to the target are the median over seeds, read off the straight lines between "
    "measurements. Gains are differences of area between cells with the same seed; p-values are "
    "two-sided, of the paired t-test and of Wilcoxon's signed ranks (exact, zeros after Pratt), "
    "each "
    "after Holm's correction for all comparisons in this table. The verdict uses the t-test at "
    "0.05. The tests speak of seeds on these data, not of other data.</p>\n";

/// The mean is drawn, and its interval where there is one.
Series series_of(const Variant& variant, bool dashed) {
    Series series{.name = variant.name, .dashed = dashed, .points = {}, .band = {}};
    for (const auto& [labels, values] : variant.band) {
        series.points.emplace_back(labels, values.mean);
        if (values.margin)
            series.band.push_back(
                {labels, values.mean - *values.margin, values.mean + *values.margin});
    }
    return series;
}

std::string chart_of(const SweepComparison& comparison) {
    LineChart chart{.title = fmt::format("{} by labels", comparison.metric),
                    .x_label = "labels",
                    .y_label = comparison.metric,
                    .series = {}};
    for (const auto& variant : comparison.variants)
        chart.series.push_back(series_of(variant, comparison.has_baseline && !variant.contrast));
    return to_svg(chart);
}

std::string cell(const std::string& text) { return "<td>" + text + "</td>"; }

std::string with_margin(const learning::Summary& summary) {
    if (!summary.margin) return fmt::format("{:.4f}", summary.mean);
    return fmt::format("{:.4f} ± {:.4f}", summary.mean, *summary.margin);
}

std::string with_deviation(const std::optional<learning::Summary>& summary) {
    if (!summary) return "–";
    return fmt::format("{:.4f} (sd {:.4f})", summary->mean, summary->deviation);
}

std::string p_value(const std::optional<double>& p) { return p ? fmt::format("{:.2g}", *p) : "–"; }

std::string labels_of(const Variant& variant) {
    if (variant.labels_to_target) return fmt::format("{:.0f}", *variant.labels_to_target);
    return fmt::format("never ({} of {})", variant.reached, variant.area.count);
}

std::string contrast_cells(const Variant& variant) {
    if (!variant.contrast) return "<td>–</td><td>–</td><td>–</td><td>–</td>";
    const auto& record = variant.contrast->record;
    const auto& gain = variant.contrast->gain;
    return cell((gain.mean > 0 ? "+" : "") + with_margin(gain)) +
           cell(p_value(variant.contrast->t_p_holm)) +
           cell(p_value(variant.contrast->wilcoxon_p_holm)) +
           cell(fmt::format("{}/{}/{}", record.wins, record.ties, record.losses));
}

std::string table_of(const SweepComparison& comparison) {
    std::string html =
        "<table><tr><th class='name'></th><th>seeds</th><th>area ± 95 %</th><th>AUBC</th>";
    if (comparison.target) html += fmt::format("<th>labels to {:.4f}</th>", *comparison.target);
    html += "<th>gain ± 95 %</th><th>p (t)</th><th>p (ranks)</th><th>win/tie/loss</th></tr>\n";
    for (const auto& variant : comparison.variants) {
        html += fmt::format("<tr><td class='name'>{}</td>", escape_html(variant.name));
        html += cell(std::to_string(variant.area.count)) + cell(with_margin(variant.area));
        html += cell(with_deviation(variant.budget_area));
        if (comparison.target) html += cell(labels_of(variant));
        html += contrast_cells(variant) + "</tr>\n";
    }
    return html + "</table>\n";
}

std::string sentences_of(const SweepComparison& comparison) {
    std::string html;
    for (const auto& variant : comparison.variants)
        if (variant.contrast)
            html += fmt::format("<li>{}</li>\n", escape_html(verdict_of(comparison, variant)));
    return html.empty() ? "" : "<ul>\n" + html + "</ul>\n";
}

}  // namespace

std::string to_html(const SweepPlan& plan, const SweepComparison& comparison) {
    std::string html = fmt::format(
        "<h1>{}</h1>\n<p class='faint'>{} cells.</p>\n", escape_html(plan.name), plan.cells.size());
    html += fmt::format("<p><strong>{}</strong></p>\n", escape_html(conclusion_of(comparison)));
    html += sentences_of(comparison);
    for (const auto& note : comparison.notes) html += fmt::format("<p>{}</p>\n", escape_html(note));
    html += "<h2>Learning curves</h2>\n" + chart_of(comparison);
    html += "<h2>Comparison</h2>\n" + table_of(comparison) + method;
    html += fmt::format("<h2>The pipeline</h2>\n<pre>{}</pre>\n", escape_html(plan.source.text));
    return page_of(plan.name, html);
}

}  // namespace trommel
