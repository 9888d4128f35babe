#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace trommel {

/// How many colours lines have; further lines begin again with the first.
inline constexpr std::size_t line_colours = 8;

/// A stretch of a band: from `low` to `high` at `x`.
struct BandEdge {
    double x = 0;
    double low = 0;
    double high = 0;
};

/// One line of a chart; points by ascending x.
struct Series {
    std::string name{};
    bool dashed = false;
    std::vector<std::pair<double, double>> points{};
    std::vector<BandEdge> band{};  ///< drawn behind the line; may be empty
};

struct LineChart {
    std::string title{};
    std::string x_label{};
    std::string y_label{};
    std::vector<Series> series{};
};

/// The chart as one SVG element that needs nothing else: colours follow the page's light or dark
/// scheme by the CSS classes `line-0`, `line-1`, …; every point tells its value when pointed at,
/// unless there are more than a hundred of them.
std::string to_svg(const LineChart& chart);

/// At most `most` + 1 round numbers that span [low, high]: steps of 1, 2 or 5 times a power of ten.
std::vector<double> ticks(double low, double high, int most);

/// `text` with the five characters that HTML and XML give a meaning written as entities.
std::string escape_html(const std::string& text);

}  // namespace trommel
