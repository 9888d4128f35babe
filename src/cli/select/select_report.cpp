#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "cli/select/select_run.hpp"
#include "trommel/core/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace trommel::cli {
namespace {

namespace json = boost::json;

/// Why there are no more picks.
std::string end_of_selection(const Selection& selection) {
    if (selection.stop_reason == selection::StopReason::strategy)
        return fmt::format("{} finds no other worth choosing", selection.strategy.name);
    if (selection.stop_reason != selection::StopReason::min_distance)
        return selection::describe(selection.stop_reason);
    return fmt::format("the next would be nearer than {} to a chosen one",
                       shortest(*selection.arguments.min_distance));
}

/// How near what was approximated is to the exact thing; empty where nothing was.
std::string approximation_of(const Selection& selection) {
    std::string text;
    if (selection.recall)
        text += fmt::format("; {:.1f} % of nearest samples found", 100 * *selection.recall);
    if (selection.coverage)
        text += fmt::format("; radius {}, at most {:.2f} times the least possible",
                            shortest(selection.coverage->radius),
                            selection.coverage->radius_ratio);
    return text;
}

json::object to_json(const selection::Pick& pick, const EmbeddingFile& embeddings) {
    json::object object{{"sample", pick.sample}, {"name", embeddings.name(pick.sample)}};
    if (pick.score) object["score"] = *pick.score;
    if (pick.distance) object["distance"] = *pick.distance;
    if (pick.nearest) object["nearest"] = embeddings.name(*pick.nearest);
    return object;
}

void print_picks_as_json(const Selection& selection) {
    json::array picks;
    for (const auto& pick : selection.picks) picks.push_back(to_json(pick, selection.embeddings));
    json::object object{{"output", selection.arguments.output.string()},
                        {"strategy", selection.arguments.strategy},
                        {"seconds", selection.seconds},
                        {"memory", selection.memory.least},
                        {"end", end_of_selection(selection)},
                        {"ending", selection::to_string(selection.stop_reason)}};
    if (selection.recall) object["recall"] = *selection.recall;
    if (selection.coverage) {
        object["radius"] = selection.coverage->radius;
        object["radius_ratio"] = selection.coverage->radius_ratio;
    }
    object["picks"] = std::move(picks);
    print(object);
}

void print_picks_as_text(const Selection& selection) {
    if (selection.arguments.explains) {
        print_result("{}: {}\n  after {}\n",
                     selection.strategy.name,
                     selection.strategy.summary,
                     selection.strategy.source);
        print_result("{}", picks_as_csv(selection.picks, selection.embeddings));
    }
    print_result("{}: {} picks in {:.3f} s; {}{}\n",
                 selection.arguments.output.string(),
                 with_commas(selection.picks.size()),
                 selection.seconds,
                 end_of_selection(selection),
                 approximation_of(selection));
}

}  // namespace

void print_selection(const Selection& selection) {
    if (selection.arguments.as_json) return print_picks_as_json(selection);
    print_picks_as_text(selection);
}

}  // namespace trommel::cli
