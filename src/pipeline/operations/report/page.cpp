#include "pipeline/operations/report/page.hpp"

#include "pipeline/operations/report/line_chart.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

constexpr auto style = R"(
:root { color-scheme: light dark; --text: #1c2430; --faint: #667085; --back: #fff; --grid: #e4e7ec;
        --line-0: #1f6feb; --line-1: #d1650f; --line-2: #1a7f37; --line-3: #8250df; --line-4: #cf222e;
        --line-5: #9a6700; --line-6: #0e7490; --line-7: #bf3989; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --faint: #98a2b3; --back: #14181f; --grid: #2c3440; --line-0: #5ea1ff;
          --line-1: #f0954a; --line-2: #56d364; --line-3: #bc8cff; --line-4: #ff7b72; --line-5: #d4a72c;
          --line-6: #39c5cf; --line-7: #f778ba; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
       max-width: 860px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.faint { color: var(--faint); }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--faint); }
svg .title { font-size: 14px; font-weight: 600; fill: var(--text); } .grid { stroke: var(--grid); }
polyline { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 6 4; } polygon { stroke: none; opacity: .15; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .15rem .8rem; border-bottom: 1px solid var(--grid); }
td { white-space: nowrap; } td.name { white-space: normal; }
td.name, th.name { text-align: left; } details { margin: .4rem 0; } summary { cursor: pointer; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--grid); border-radius: 6px; font-size: 13px; }
)";

std::string line_styles() {
    std::string css;
    for (std::size_t line = 0; line < line_colours; ++line)
        css += fmt::format(
            "polyline.line-{0} {{ stroke: var(--line-{0}); }} circle.line-{0}, polygon.line-{0} {{ "
            "fill: var(--line-{0}); }}\n",
            line);
    return css;
}

}  // namespace

std::string page_of(const std::string& title, const std::string& body) {
    return fmt::format(
        "<!doctype html>\n<html lang='en'>\n<head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>\n"
        "<title>{}: trommel</title>\n<style>{}{}</style></head>\n<body>\n{}</body>\n</html>\n",
        escape_html(title),
        style,
        line_styles(),
        body);
}

}  // namespace trommel
