#include "pipeline/operations/report/line_chart.hpp"

#include "trommel/core/text.hpp"
#include "trommel/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace trommel {
namespace {

constexpr double width = 760;
constexpr double height = 400;
constexpr double left = 64;
constexpr double right = 24;
constexpr double top = 40;
constexpr double bottom = 52;

/// More marks on one line would only hide it, and make the page large.
constexpr std::size_t most_marks = 100;

/// A straight map from the values of an axis to the pixels it covers.
class Axis {
public:
    Axis(const std::vector<double>& tick_values, double from, double to)
        : low_(tick_values.front()), high_(tick_values.back()), from_(from), to_(to) {}

    double operator()(double value) const {
        return from_ + (value - low_) / (high_ - low_) * (to_ - from_);
    }

private:
    double low_;
    double high_;
    double from_;
    double to_;
};

struct Range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void include(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

std::pair<Range, Range> ranges_of(const LineChart& chart) {
    Range x;
    Range y;
    for (const auto& series : chart.series) {
        for (const auto& [at, value] : series.points) {
            x.include(at);
            y.include(value);
        }
        for (const auto& edge : series.band) {
            y.include(edge.low);
            y.include(edge.high);
        }
    }
    return {x, y};
}

void draw_grid(std::string& svg, const std::vector<double>& xs, const std::vector<double>& ys) {
    const Axis x(xs, left, width - right);
    const Axis y(ys, height - bottom, top);
    auto out = std::back_inserter(svg);
    for (const double value : ys)
        fmt::format_to(out,
                       "<line class='grid' x1='{}' x2='{}' y1='{:.1f}' y2='{:.1f}'/>"
                       "<text x='{}' y='{:.1f}' text-anchor='end'>{:.6g}</text>\n",
                       left,
                       width - right,
                       y(value),
                       y(value),
                       left - 8,
                       y(value) + 4,
                       value);
    for (const double value : xs)
        fmt::format_to(out,
                       "<text x='{:.1f}' y='{}' text-anchor='middle'>{:.6g}</text>\n",
                       x(value),
                       height - bottom + 20,
                       value);
}

void draw_band(std::string& svg, const Series& series, std::size_t index, Axis x, Axis y) {
    if (series.band.empty()) return;
    auto out = std::back_inserter(svg);
    fmt::format_to(out, "<polygon class='line-{}' points='", index);
    for (const auto& edge : series.band)
        fmt::format_to(out, "{:.1f},{:.1f} ", x(edge.x), y(edge.high));
    for (auto edge = series.band.rbegin(); edge != series.band.rend(); ++edge)
        fmt::format_to(out, "{:.1f},{:.1f} ", x(edge->x), y(edge->low));
    fmt::format_to(out, "'/>\n");
}

void draw_series(std::string& svg, const Series& series, std::size_t index, Axis x, Axis y) {
    auto out = std::back_inserter(svg);
    fmt::format_to(
        out, "<polyline class='line-{}{}' points='", index, series.dashed ? " dashed" : "");
    for (const auto& [at, value] : series.points)
        fmt::format_to(out, "{:.1f},{:.1f} ", x(at), y(value));
    fmt::format_to(out, "'/>\n");
    if (series.points.size() > most_marks) return;
    for (const auto& [at, value] : series.points)
        fmt::format_to(
            out,
            "<circle class='line-{}' cx='{:.1f}' cy='{:.1f}' r='3.5'><title>{}: {:.6g} at "
            "{:.6g}</title></circle>\n",
            index,
            x(at),
            y(value),
            escape_html(series.name),
            value,
            at);
}

void draw_legend(std::string& svg, const LineChart& chart) {
    auto out = std::back_inserter(svg);
    double y = height - bottom - 16 - 20 * static_cast<double>(chart.series.size() - 1);
    for (std::size_t i = 0; i < chart.series.size(); ++i, y += 20)
        fmt::format_to(out,
                       "<polyline class='line-{}{}' points='{},{} {},{}'/><text x='{}' y='{}' "
                       "text-anchor='end'>{}</text>\n",
                       i % line_colours,
                       chart.series[i].dashed ? " dashed" : "",
                       width - right - 36,
                       y - 4,
                       width - right - 8,
                       y - 4,
                       width - right - 44,
                       y,
                       escape_html(chart.series[i].name));
}

void draw_titles(std::string& svg, const LineChart& chart) {
    fmt::format_to(
        std::back_inserter(svg),
        "<text class='title' x='{}' y='22'>{}</text>\n"
        "<text x='{}' y='{}' text-anchor='middle'>{}</text>\n"
        "<text transform='translate(16 {}) rotate(-90)' text-anchor='middle'>{}</text>\n",
        left,
        escape_html(chart.title),
        (left + width - right) / 2,
        height - 10,
        escape_html(chart.x_label),
        (top + height - bottom) / 2,
        escape_html(chart.y_label));
}

}  // namespace

std::vector<double> ticks(double low, double high, int most) {
    if (!(low < high)) {
        low -= 0.5;
        high = low + 1;
    }
    const double power = std::pow(10, std::floor(std::log10((high - low) / most)));
    double step = power;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = factor * power;
        if (std::ceil(high / step) - std::floor(low / step) <= most) break;
    }
    std::vector<double> values;
    for (double i = std::floor(low / step); i <= std::ceil(high / step); ++i)
        values.push_back(i * step);
    return values;
}

std::string escape_html(const std::string& text) {
    std::string escaped;
    for (const char c : valid_utf8(text)) switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    return escaped;
}

std::string to_svg(const LineChart& chart) {
    const auto [x_range, y_range] = ranges_of(chart);
    if (x_range.low > x_range.high) return "<p>Nothing has been measured yet.</p>\n";

    const auto xs = ticks(x_range.low, x_range.high, 12);
    const auto ys = ticks(y_range.low, y_range.high, 8);
    std::string svg = fmt::format("<svg viewBox='0 0 {} {}' role='img' aria-label='{}'>\n",
                                  width,
                                  height,
                                  escape_html(chart.title));
    const Axis x(xs, left, width - right);
    const Axis y(ys, height - bottom, top);
    draw_titles(svg, chart);
    draw_grid(svg, xs, ys);
    for (std::size_t i = 0; i < chart.series.size(); ++i)
        draw_band(svg, chart.series[i], i % line_colours, x, y);
    for (std::size_t i = 0; i < chart.series.size(); ++i)
        draw_series(svg, chart.series[i], i % line_colours, x, y);
    draw_legend(svg, chart);
    return svg + "</svg>\n";
}

}  // namespace trommel
