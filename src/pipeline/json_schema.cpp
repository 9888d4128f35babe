#include "trommel/pipeline/json_schema.hpp"

#include "pipeline/policy_schema.hpp"
#include "pipeline/testing/test_schema.hpp"
#include "trommel/pipeline/hook_spec.hpp"
#include "trommel/pipeline/language/expression.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <boost/json.hpp>

namespace trommel {
namespace {

namespace json = boost::json;

/// A reference may stand where any value may.
const json::object reference{{"type", "string"}, {"pattern", R"(\$\{)"}};

const json::object duration_form{{"type", "string"}, {"pattern", R"(^[0-9.]+(ms|s|m|h|d)$)"}};

json::object type_of(const OptionInfo& info) {
    if (!info.choices.empty())
        return {{"enum", json::array(info.choices.begin(), info.choices.end())}};
    if (info.type == "integer" || info.type == "number" || info.type == "boolean")
        return {{"type", info.type}};
    if (info.type == "list of text")
        return {{"type", json::array{"array", "string"}}, {"items", {{"type", "string"}}}};
    if (info.type == "map of text")
        return {{"type", "object"},
                {"additionalProperties", {{"type", json::array{"string", "number", "boolean"}}}}};
    if (info.type == "duration") return duration_form;
    return {{"type", json::array{"string", "number", "boolean"}}};  // any scalar reads as text
}

json::value default_of(const OptionInfo& info) {
    const Scalar value = resolve_scalar(info.fallback, false);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    return json::string(info.fallback);
}

json::object option_schema(const OptionInfo& info) {
    json::object schema = type_of(info);
    if (info.min) schema["minimum"] = *info.min;
    if (info.max) schema["maximum"] = *info.max;
    json::object either{{"description", info.help},
                        {"anyOf", json::array{std::move(schema), reference}}};
    if (!info.fallback.empty() && info.type != "list of text") either["default"] = default_of(info);
    return either;
}

/// `uses: NAME` allows these options under `with`, and no others.
json::object stage_rule(const StageType& type) {
    json::object options;
    json::array required;
    for (const auto& option : type.options) {
        options[option.info.name] = option_schema(option.info);
        if (option.info.required) required.push_back(json::string(option.info.name));
    }
    json::object with{
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(options)}};
    const bool needs_with = !required.empty();
    if (needs_with) with["required"] = std::move(required);
    json::object then{{"properties", {{"with", std::move(with)}}}};
    if (needs_with) then["required"] = json::array{"with"};
    return {{"if", {{"properties", {{"uses", {{"const", type.name}}}}}}},
            {"then", std::move(then)}};
}

json::object names_schema(const char* help) {
    return {{"description", help},
            {"type", json::array{"string", "array"}},
            {"items", {{"type", "string"}}}};
}

json::object stage_schema(const Registry& registry) {
    json::array kinds;
    json::array rules;
    for (const auto& [name, type] : registry.types()) {
        kinds.push_back({{"const", name}, {"description", type.help}});
        rules.push_back(stage_rule(type));
    }
    json::object properties{
        {"uses", {{"description", "The kind of stage."}, {"oneOf", std::move(kinds)}}},
        {"with", {{"description", "Its options."}, {"type", "object"}}},
        {"from", names_schema("Stages whose output it reads.")},
        {"needs", names_schema("Stages that must have ended before it begins.")},
        {"writes",
         {{"description", "The state that its tag becomes when the round ends."},
          {"type", "string"}}},
        {"when",
         {{"description", "Runs in the rounds for which this holds."}, {"type", "string"}}}};
    for (auto& [key, schema] : policy_schemas()) properties[key] = std::move(schema);
    return {{"type", "object"},
            {"additionalProperties", false},
            {"required", json::array{"uses"}},
            {"properties", std::move(properties)},
            {"allOf", std::move(rules)}};
}

json::object closed_map(const char* help, json::object properties, json::array required = {}) {
    json::object schema{{"description", help},
                        {"type", "object"},
                        {"additionalProperties", false},
                        {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

json::object source_schema() {
    json::object draw = closed_map("Drawn from the pool.",
                                   {{"n", {{"type", "integer"}, {"minimum", 1}}},
                                    {"share", {{"type", json::array{"string", "number"}}}},
                                    {"seed", {{"type", "integer"}, {"minimum", 0}}}});
    json::object schema =
        closed_map("Which samples.",
                   {{"tag", {{"type", "string"}}},
                    {"names", {{"type", "string"}}},
                    {"random", {{"anyOf", json::array{{{"type", "integer"}}, draw, reference}}}}});
    schema["minProperties"] = 1;
    schema["maxProperties"] = 1;
    return schema;
}

json::object matrix_schema() {
    const json::object integer{{"type", "integer"}};
    const json::object maps{{"type", "array"}, {"items", {{"type", "object"}}}};
    json::object range = closed_map(
        "Whole numbers.", {{"from", integer}, {"to", integer}, {"step", integer}}, {"from", "to"});
    json::object list{{"type", "array"}, {"minItems", 1}};
    return {{"description", "Params that a sweep varies, each with its values."},
            {"type", "object"},
            {"minProperties", 1},
            {"properties", {{"exclude", maps}, {"include", maps}}},
            {"additionalProperties",
             {{"anyOf", json::array{std::move(list), std::move(range), reference}}}}};
}

/// A scalar of this form, or a reference.
json::object either(const char* help, json::object form) {
    return {{"description", help}, {"anyOf", json::array{std::move(form), reference}}};
}

json::object schedule_schema() {
    json::object missed =
        closed_map("What becomes of runs that could not be started in time.",
                   {{"run", {{"enum", json::array{"latest", "all", "none"}}}},
                    {"within", either("Older ones are let go; 1d by default.", duration_form)}});
    json::object schedule = closed_map(
        "When 'trommel serve' runs it: 'cron' or 'every'.",
        {{"cron",
          {{"description",
            "Minute, hour, day of the month, month, weekday, or @daily and the like."},
           {"type", "string"}}},
         {"every", either("An interval, counted from 1970 in UTC.", duration_form)},
         {"timezone",
          {{"description", "Whose clocks 'cron' goes by; UTC by default."}, {"type", "string"}}},
         {"jitter", either("Each run begins up to so much later.", duration_form)},
         {"overlap",
          {{"description", "When the run before still goes on; skip by default."},
           {"enum", json::array{"skip", "queue_one", "cancel_running", "allow"}}}},
         {"missed", std::move(missed)},
         {"pause_after_failures",
          either("So many failed runs in a row pause it.",
                 {{"type", "integer"}, {"minimum", 1}})}});
    schedule["oneOf"] =
        json::array{{{"required", json::array{"cron"}}}, {{"required", json::array{"every"}}}};
    return schedule;
}

json::object until_schema() {
    std::string help = "Ends the loop after the round for which it holds. Rules:";
    for (const auto& rule : rule_manual()) help += ' ' + rule.signature;
    return {{"description", help}, {"type", "string"}};
}

json::object cost_schema() {
    const json::object amount{{"type", json::array{"number", "string"}}, {"minimum", 0}};
    return closed_map("What 'budget' reckons with.",
                      {{"per_label", amount},
                       {"stages", {{"type", "object"}, {"additionalProperties", amount}}}});
}

json::object secrets_schema() {
    json::object secret =
        closed_map("Where its value is: 'env' or 'file'.",
                   {{"env", {{"description", "An environment variable."}, {"type", "string"}}},
                    {"file", {{"description", "A file's text."}, {"type", "string"}}}});
    secret["minProperties"] = 1;
    secret["maxProperties"] = 1;
    return {{"description", "What '${secrets.NAME}' stands for in 'env' of stages and hooks."},
            {"type", "object"},
            {"additionalProperties", std::move(secret)}};
}

json::object hooks_schema() {
    const json::object text{{"type", "string"}};
    const json::object event{
        {"enum", json::array(hook_event_names.begin(), hook_event_names.end())}};
    const json::object variables{
        {"type", "object"},
        {"additionalProperties", {{"type", json::array{"string", "number", "boolean"}}}}};
    const json::object on{
        {"description", "The events."},
        {"anyOf", json::array{event, {{"type", "array"}, {"minItems", 1}, {"items", event}}}}};
    const json::object program = closed_map(
        "A program that is told of events: one JSON object on its input, TROMMEL_* beside it.",
        {{"on", on},
         {"command", names_schema("The program and its arguments.")},
         {"env", variables},
         {"timeout", either("After which it is killed; 30s by default.", duration_form)},
         {"on_error",
          {{"description", "Whether the run fails when it does; warn by default."},
           {"enum", json::array{"warn", "fail"}}}}},
        {"on", "command"});
    const json::object webhook = closed_map(
        "A URL that is told of events beside the run: one JSON object by POST.",
        {{"on", on},
         {"url", text},
         {"secret",
          {{"description", "Signs it, as Standard Webhooks has it: 'whsec_' and base64."},
           {"type", "string"}}},
         {"ca_file", text},
         {"timeout", either("After which a message is given up; 30s by default.", duration_form)}},
        {"on", "url"});
    return {{"description", "Programs and URLs that are told what a run does."},
            {"type", "object"},
            {"additionalProperties", {{"anyOf", json::array{program, webhook}}}}};
}

json::object platform_schema() {
    const json::object text{{"type", "string"}};
    return {{"description", "Where samples, tags and scores live."},
            {"anyOf",
             json::array{{{"const", "embedded"}},
                         closed_map("Its database.", {{"embedded", text}}),
                         closed_map("A server that speaks Lightly's API.",
                                    {{"url", text}, {"token", text}, {"ca_file", text}})}}};
}

json::object dataset_schema() {
    const json::object text{{"type", "string"}};
    return closed_map(
        "The pool.",
        {{"name", text},
         {"embeddings", text},
         {"names",
          {{"description", "A file of names, one a line, where nothing needs embeddings."},
           {"type", "string"}}},
         {"holdout", {{"$ref", "#/$defs/source"}}},
         {"classes",
          {{"description", "All classes that a label may name."},
           {"type", "array"},
           {"items", text}}}},
        {"name"});
}

json::object properties(const Registry& registry) {
    const json::object text{{"type", "string"}};
    json::object state = closed_map("A set of samples that outlives a round.",
                                    {{"init", {{"$ref", "#/$defs/source"}}}, {"tag", text}});
    return {
        {"version", {{"description", "Of the pipeline language."}, {"const", 1}}},
        {"extends",
         names_schema("Files that this one is put over, key by key; '~' takes a key away.")},
        {"name", text},
        {"platform", platform_schema()},
        {"dataset", dataset_schema()},
        {"params", {{"description", "Values that --set can change."}, {"type", "object"}}},
        {"baseline",
         {{"description", "Params of the run that this one is compared with."},
          {"type", "object"}}},
        {"matrix", matrix_schema()},
        {"state",
         {{"description", "What outlives a round."},
          {"type", "object"},
          {"additionalProperties", std::move(state)}}},
        {"secrets", secrets_schema()},
        {"limits", limits_schema()},
        {"defaults",
         closed_map("Policies of every stage that has none of its own.", policy_schemas())},
        {"stages",
         {{"type", "object"},
          {"minProperties", 1},
          {"additionalProperties", stage_schema(registry)}}},
        {"rounds",
         closed_map(
             "The loop.",
             {{"max", {{"anyOf", json::array{{{"type", "integer"}, {"minimum", 1}}, reference}}}},
              {"until", until_schema()},
              {"cost", cost_schema()},
              {"on_exhausted", {{"enum", json::array{"ok", "fail"}}}}},
             {"max"})},
        {"hooks", hooks_schema()},
        {"tests", tests_schema()},
        {"schedule",
         {{"anyOf",
           json::array{
               {{"$ref", "#/$defs/schedule"}},
               {{"type", "array"}, {"minItems", 1}, {"items", {{"$ref", "#/$defs/schedule"}}}}}}}}};
}

}  // namespace

json::value json_schema(const Registry& registry) {
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "trommel pipeline"},
            {"type", "object"},
            {"additionalProperties", false},
            {"anyOf",
             json::array{{{"required", json::array{"extends"}}},
                         {{"required", json::array{"version", "name", "dataset", "stages"}}}}},
            {"properties", properties(registry)},
            {"$defs", {{"source", source_schema()}, {"schedule", schedule_schema()}}}};
}

}  // namespace trommel
