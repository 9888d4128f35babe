#include "pipeline/policy_schema.hpp"

#include <boost/json/array.hpp>

namespace trommel {
namespace {

namespace json = boost::json;

const json::object reference{{"type", "string"}, {"pattern", R"(\$\{)"}};

json::object whole_number(std::int64_t minimum) {
    return {{"type", "integer"}, {"minimum", minimum}};
}

json::object duration() { return {{"type", "string"}, {"pattern", R"(^[0-9.]+(ms|s|m|h|d)$)"}}; }

json::object map_of(json::object properties) {
    return {
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

/// One of the values, or a reference.
json::object described(const char* help, json::array values) {
    values.push_back(reference);
    return {{"description", help}, {"anyOf", std::move(values)}};
}

}  // namespace

json::object policy_schemas() {
    json::object retry =
        map_of({{"attempts", whole_number(1)}, {"base", duration()}, {"max", duration()}});
    retry["required"] = json::array{"attempts"};
    const json::object buffer =
        map_of({{"count", whole_number(1)}, {"bytes", {{"type", "string"}}}});
    return {
        {"retry",
         described("How often an attempt that failed for the moment is made again, waiting up to "
                   "'base', doubled each time, at most 'max'.",
                   {std::move(retry), whole_number(1)})},
        {"timeout", described("For the work of one attempt.", {duration()})},
        {"deadline", described("For the work of all attempts in a round.", {duration()})},
        {"parallel", described("Batches worked on at once.", {whole_number(1)})},
        {"limit",
         {{"description", "The limit, one of 'limits', that it shares with other stages."},
          {"type", "string"}}},
        {"buffer", described("What may wait in front of the stage.", {buffer})},
        {"on_error",
         described("What becomes of a record that the stage cannot use.",
                   {json::object{{"enum", {"fail", "quarantine", "skip"}}}})},
        {"max_errors",
         described("Records that may fail in a round, a number or a share; by default half.",
                   {json::object{{"type", {"integer", "number", "string"}}}})},
        {"cache",
         described(
             "true: its output is kept, by the content of all that it depends on, and it does not "
             "run again for the same. record: each answer of its program is kept, so that it is "
             "asked only about samples that are new or changed.",
             {json::object{{"enum", {true, false, "record"}}}})}};
}

json::object limits_schema() {
    json::object limit =
        map_of({{"rate", {{"type", "string"}, {"pattern", R"(^[0-9.]+/(s|m|h)$|\$\{)"}}},
                {"burst", whole_number(1)},
                {"parallel", whole_number(1)}});
    return {{"description", "Rates and places that stages share by 'limit'."},
            {"type", "object"},
            {"additionalProperties", std::move(limit)}};
}

}  // namespace trommel
