#include "pipeline/testing/test_schema.hpp"

#include <boost/json/array.hpp>

namespace trommel {
namespace {

namespace json = boost::json;

const json::object reference{{"type", "string"}, {"pattern", R"(\$\{)"}};

json::object map_of(const char* help, json::object properties) {
    return {{"description", help},
            {"type", "object"},
            {"additionalProperties", false},
            {"properties", std::move(properties)}};
}

json::object count(const char* help) {
    return {{"description", help}, {"type", "integer"}, {"minimum", 1}};
}

json::object faults() {
    json::object fault = map_of(
        "One fault.",
        {{"fault",
          {{"description",
            "transient and permanent: the attempt fails. hang: it does not end by itself. short: "
            "what it sends last is lost. kill: the process dies when the round has ended, and the "
            "run is resumed."},
           {"enum", json::array{"transient", "permanent", "hang", "short", "kill"}}}},
         {"stage", {{"description", "Whose attempt; not of a kill."}, {"type", "string"}}},
         {"round", count("In which round; every round by default.")},
         {"attempts",
          count("How many attempts of a round, after those that faults before it strike; 1 by "
                "default.")}});
    fault["required"] = json::array{"fault"};
    return {{"description", "What goes wrong in the run."},
            {"type", "array"},
            {"minItems", 1},
            {"items", std::move(fault)}};
}

json::object expectations() {
    const json::object condition{{"type", "string"}};
    return map_of(
        "What must come of the run.",
        {{"outcome",
          {{"description", "How it ends; ok by default, failed with an 'error'."},
           {"enum", json::array{"ok", "failed", "exhausted"}}}},
         {"error", {{"description", "Part of the error's message."}, {"type", "string"}}},
         {"that",
          {{"description",
            "Conditions as in 'until', and attempts.<stage>, quarantined.<stage>, "
            "skipped.<stage>."},
           {"anyOf",
            json::array{condition, {{"type", "array"}, {"minItems", 1}, {"items", condition}}}}}}});
}

}  // namespace

json::object tests_schema() {
    json::object rounds =
        map_of("A shorter loop.",
               {{"max", {{"anyOf", json::array{count("How many rounds at most."), reference}}}}});
    rounds["required"] = json::array{"max"};
    return {{"description", "Runs that 'trommel test' makes on a clock that skips all waiting."},
            {"type", "object"},
            {"minProperties", 1},
            {"additionalProperties",
             map_of("One run.",
                    {{"params", {{"description", "As --set."}, {"type", "object"}}},
                     {"rounds", std::move(rounds)},
                     {"faults", faults()},
                     {"expect", expectations()}})}};
}

}  // namespace trommel
