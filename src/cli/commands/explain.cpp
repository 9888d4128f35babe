#include "cli/commands/explain.hpp"

#include "cli/output/json_output.hpp"
#include "cli/output/output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/engine/cache/cache.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trommel::cli {
namespace {

namespace json = boost::json;

json::array to_json(const std::vector<std::string>& sentences) {
    json::array array(sentences.begin(), sentences.end());
    return array;
}

void print_json(const CacheExplanation& explanation) {
    json::array uses;
    for (const auto& [loop, round, use] : explanation.uses)
        uses.push_back({{"loop", loop},
                        {"round", round},
                        {"hit", use.hit},
                        {"known", use.known},
                        {"asked", use.asked},
                        {"why", to_json(use.why)}});
    print(json::object{{"uses", std::move(uses)},
                       {"known", explanation.known},
                       {"now", to_json(explanation.now)}});
}

std::string reasons(const CacheUse& use) {
    if (use.why.empty()) return "nothing of its kind was in the cache";
    return fmt::format("{}", fmt::join(use.why, "; "));
}

std::string describe(const CacheUse& use) {
    if (use.hit) return "from the cache";
    if (use.known + use.asked == 0) return "ran: " + reasons(use);
    const auto asked = fmt::format(
        "asked about {} of {} samples", with_commas(use.asked), with_commas(use.known + use.asked));
    return use.known > 0 ? asked : fmt::format("{}: {}", asked, reasons(use));
}

void print_text(const std::string& stage, const CacheExplanation& explanation) {
    for (const auto& [loop, round, use] : explanation.uses)
        print_result("{}, {}: {}\n",
                     loop,
                     round == 0 ? "closing pass" : fmt::format("round {}", round),
                     describe(use));
    if (!explanation.known)
        print_result("'{}' would run: nothing of its kind is in the cache\n", stage);
    else if (explanation.now.empty())
        print_result(
            "'{}' would come from the cache, for inputs that it has had before; only a round knows "
            "them\n",
            stage);
    else
        print_result("'{}' would run again: {}\n", stage, fmt::join(explanation.now, "; "));
}

}  // namespace

void explain(const Pipeline& pipeline,
             const std::string& stage,
             const std::filesystem::path& run,
             bool as_json) {
    std::optional<std::filesystem::path> directory;
    if (!run.empty()) directory = run;
    if (directory && !std::filesystem::exists(*directory / "events.jsonl"))
        throw ConfigError(fmt::format("{} is not a run's directory", run.string()));
    const auto explanation = explain_cache(pipeline, stage, directory);
    if (as_json)
        print_json(explanation);
    else
        print_text(stage, explanation);
}

}  // namespace trommel::cli
