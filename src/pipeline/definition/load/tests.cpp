#include "pipeline/definition/load/tests.hpp"

#include "pipeline/definition/load/sections.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace trommel {
namespace {

using Kind = FaultSpec::Kind;

constexpr std::array kinds{
    Kind::transient, Kind::permanent, Kind::hang, Kind::shortened, Kind::kill};
constexpr std::array outcomes{TestOutcome::ok, TestOutcome::failed, TestOutcome::exhausted};

constexpr double most_counted = std::numeric_limits<std::int32_t>::max();

template <typename T, std::size_t count>
Choices<T> choices_of(const std::array<T, count>& values) {
    Choices<T> choices;
    for (const T value : values) choices.emplace_back(to_text(value), value);
    return choices;
}

// ---------------------------------------------------------------------------------------- faults

const OptionInfo struck_stage = info_of("stage", "text").as("stage", "Stage that fails.");

void read_struck_stage(const Node& node, const OptionReader& reader, FaultSpec& fault) {
    reader.read(node, struck_stage, fault.stage);
    fault.stage_place = node.place();
}

/// Faults that are written alike; `words` are what `fault` may be in them.
MapType<FaultSpec> fault_type(const Choices<Kind>& words, const Choices<Kind>& all) {
    const Kind kind = words.front().second;
    const bool kills = kind == Kind::kill;
    const OptionRules counted{.required = false, .min = 1, .max = most_counted};
    OptionInfo fault =
        choice_info("fault",
                    &FaultSpec::kind,
                    "transient, permanent: the attempt fails. hang: it never ends. short: its last "
                    "output is lost. kill: the process dies after the round; the run is resumed.",
                    words);
    fault.required = true;
    fault.fallback.clear();
    OptionInfo asked = fault;
    asked.choices.clear();
    for (const auto& [word, meaning] : all) asked.choices.push_back(word);
    OptionRules round = counted;
    round.required = kills;
    auto type =
        MapType<FaultSpec>("One fault.")
            .key(fault,
                 [asked, all](const Node& node, const OptionReader& reader, FaultSpec& spec) {
                     read_choice(node, reader, asked, all, spec.kind);
                 });
    if (!kills) {
        OptionInfo stage = struck_stage;
        stage.required = true;
        type = std::move(type).literal().key(stage, read_struck_stage);
    }
    type = std::move(type)
               .literal()
               .key("round", &FaultSpec::round, "Round of the fault; default: every round.", round)
               .literal();
    if (kills || kind == Kind::permanent) return type;
    return std::move(type)
        .key("attempts",
             &FaultSpec::attempts,
             "Attempts that fail, after those of earlier faults.",
             counted)
        .literal();
}

/// Kinds that are written alike.
struct FaultForm {
    Choices<Kind> words{};
    MapType<FaultSpec> type{};
};

const std::vector<FaultForm>& fault_forms() {
    static const auto forms = [] {
        Choices<Kind> again;
        Choices<Kind> permanent;
        Choices<Kind> kill;
        const auto all = choices_of(kinds);
        for (const auto& choice : all)
            (choice.second == Kind::kill        ? kill
             : choice.second == Kind::permanent ? permanent
                                                : again)
                .push_back(choice);
        std::vector<FaultForm> found;
        for (const auto& words : {again, permanent, kill})
            found.push_back({words, fault_type(words, all)});
        return found;
    }();
    return forms;
}

OptionInfo faults_info() {
    std::vector<OptionInfo> forms;
    for (const auto& form : fault_forms()) forms.push_back(form.type.info());
    OptionInfo info = many_of("list", any_of(std::move(forms)), 1);
    info.is_literal = true;
    return info.as("faults", "Faults to inject.");
}

FaultSpec read_fault(const Node& node, const OptionReader& reader) {
    FaultSpec fault;
    fault.place = node.place();
    fault.stage_place = node.place();
    const Node* written = node.find("fault");
    const std::string word = written == nullptr ? "" : written->text();
    const auto& forms = fault_forms();
    const auto known = std::ranges::find_if(forms, [&](const FaultForm& form) {
        return std::ranges::count(form.words, word, &Choices<Kind>::value_type::first) > 0;
    });
    const auto& form = known == forms.end() ? forms.front() : *known;
    form.type.read(node, "a fault", reader, fault);
    return fault;
}

void read_faults(const Node& node, const OptionReader& reader, TestSpec& test) {
    if (!node.is_list() || node.items().empty())
        reader.diagnostics.error(
            node.place(),
            "wrong-type",
            fmt::format("'faults' must be a list, not {}", describe(node)),
            "write a list such as [{fault: transient, stage: upload, round: 2}]");
    for (const Node& item : node.items()) test.faults.push_back(read_fault(item, reader));
}

// ---------------------------------------------------------------------------------- expectations

const OptionInfo outcome_info = choice_info("outcome",
                                            &TestSpec::outcome,
                                            "How it ends; failed by default with an 'error'.",
                                            choices_of(outcomes));

void read_outcome(const Node& node, const OptionReader& reader, TestSpec& test) {
    read_choice(node, reader, outcome_info, choices_of(outcomes), test.outcome);
    test.outcome_place = node.place();
}

const OptionInfo error_info =
    info_of("error", "text").as("error", "Text that the error message must contain.");

void read_error(const Node& node, const OptionReader& reader, TestSpec& test) {
    reader.read(node, error_info, test.error);
    test.error_place = node.place();
}

void check_error(const Section& section, const OptionReader& reader, TestSpec& test) {
    const Node* outcome = section.node().find("outcome");
    if (!section.has("error")) return;
    if (outcome == nullptr)
        test.outcome = TestOutcome::failed;
    else if (test.outcome != TestOutcome::failed)
        reader.diagnostics.error(test.error_place,
                                 "not-there",
                                 fmt::format("a run that ends '{}' has no error", outcome->text()));
}

void read_that(const Node& node, const OptionReader& reader, TestSpec& test) {
    std::vector<Node> conditions(node.items().begin(), node.items().end());
    if (node.is_scalar()) conditions = {node};
    if (conditions.empty())
        reader.diagnostics.error(
            node.place(),
            "wrong-type",
            fmt::format("'that' must be a list of conditions, not {}", describe(node)),
            "write a list such as ['round == 2', 'state.labeled.count > 20']");
    for (const Node& condition : conditions)
        if (auto parsed = parse_expression(condition, reader.diagnostics))
            test.that.push_back({*std::move(parsed), condition.text(), condition.place()});
}

OptionInfo conditions_info() {
    const OptionInfo condition = info_of({}, "expression");
    return any_of({condition, many_of("list", condition, 1)})
        .as("that",
            "Conditions as in 'until', and attempts.<stage>, quarantined.<stage>, "
            "skipped.<stage>.");
}

MapType<TestSpec> expect_type() {
    return MapType<TestSpec>("Expected result of the run.")
        .key(outcome_info, read_outcome)
        .literal()
        .key(error_info, read_error)
        .literal()
        .key(conditions_info(), read_that)
        .literal()
        .check(check_error);
}

MapType<TestSpec> shorter_type() {
    return MapType<TestSpec>("Rounds of the test run.")
        .key("max",
             &TestSpec::max_rounds,
             "Highest number of rounds.",
             {.required = true, .min = 1, .max = most_counted});
}

MapType<TestSpec> test_type(const ParamSpecs& params) {
    const auto read_params = [&params](
                                 const Node& node, const OptionReader& reader, TestSpec& test) {
        std::vector<std::string> names;
        for (const auto& [name, spec] : params) names.push_back(name);
        if (!node.is_map())
            reader.diagnostics.error(node.place(), "wrong-type", "'params' must be a map");
        for (const auto& [name, place, value] : node.entries())
            if (const auto spec = params.find(name); spec == params.end())
                reader.diagnostics.error(
                    place,
                    "unknown-key",
                    fmt::format("the test sets '{}', which is not a param", name),
                    did_you_mean(name, names));
            else if (check_param(spec->second, value, reader.diagnostics))
                test.params.emplace_back(name, canonical(scalar_of(value)));
    };
    return MapType<TestSpec>("One run.")
        .key(param_values_info("params", "Params of the test run."), read_params)
        .map("rounds", shorter_type(), "a test's 'rounds'")
        .key(faults_info(), read_faults)
        .map("expect", expect_type(), "'expect'")
        .literal();
}

/// Finds faults that cannot strike.
class FaultCheck {
public:
    FaultCheck(const TestSpec& test, const Pipeline& pipeline, Diagnostics& diagnostics)
        : test_(test), pipeline_(pipeline), diagnostics_(diagnostics) {}

    void check() {
        for (const auto& fault : test_.faults) {
            check_round(fault);
            if (fault.kind != Kind::kill) check_stage(fault);
        }
    }

private:
    void refuse(const FaultSpec& fault, const std::string& message, std::string hint = {}) {
        diagnostics_.error(fault.place, "idle-fault", message, std::move(hint));
    }

    void check_round(const FaultSpec& fault) {
        const auto max = test_.max_rounds.value_or(pipeline_.rounds.max);
        if (fault.round && *fault.round > max)
            refuse(fault,
                   fmt::format("round {} never comes: there are at most {}", *fault.round, max));
    }

    void check_stage(const FaultSpec& fault) {
        const StageSpec* stage = pipeline_.find_stage(fault.stage);
        if (stage == nullptr) {
            std::vector<std::string> names;
            for (const auto& known : pipeline_.stages) names.push_back(known.name);
            diagnostics_.error(fault.stage_place,
                               "unknown-stage",
                               fmt::format("there is no stage '{}'", fault.stage),
                               did_you_mean(fault.stage, names));
        } else if (stage->type != nullptr) {
            check_fault(fault, *stage);
        }
    }

    void check_fault(const FaultSpec& fault, const StageSpec& stage) {
        const Policies& policies = stage.policies;
        if (fault.kind == Kind::hang && !policies.timeout && !policies.deadline)
            refuse(fault,
                   fmt::format("stage '{}' would hang for ever", stage.name),
                   "give it a 'timeout' or a 'deadline'");
        if (fault.kind == Kind::shortened && stage.type->output.empty())
            refuse(fault, fmt::format("stage '{}' sends nothing that could be lost", stage.name));
        const auto attempts = struck_before(fault) + fault.attempts;
        if (fault.kind != Kind::shortened && attempts > policies.retry.attempts)
            refuse(fault,
                   fmt::format("it is to strike attempt {}, but stage '{}' makes at most {}",
                               attempts,
                               stage.name,
                               policies.retry.attempts),
                   "give the stage a 'retry'");
    }

    /// Attempts that other faults of the list strike before it, in the same round.
    std::int64_t struck_before(const FaultSpec& fault) const {
        std::int64_t before = 0;
        for (const FaultSpec* other = test_.faults.data(); other != &fault; ++other)
            if (other->stage == fault.stage && other->kind != Kind::kill &&
                (!other->round || !fault.round || *other->round == *fault.round))
                before += other->attempts;
        return before;
    }

    const TestSpec& test_;
    const Pipeline& pipeline_;
    Diagnostics& diagnostics_;
};

}  // namespace

OptionInfo tests_info() {
    return many_of("named", test_type({}).info(), 1)
        .as("tests", "Tests: runs by 'trommel test' that skip all waiting.");
}

std::vector<TestSpec> read_tests(const Node& node,
                                 const ParamSpecs& params,
                                 const OptionReader& reader) {
    std::vector<TestSpec> tests;
    if (!node.is_map() || node.entries().empty())
        reader.diagnostics.error(
            node.place(), "wrong-type", "'tests' must be a map with at least one test");
    const auto type = test_type(params);
    for (const auto& [name, place, value] : node.entries()) {
        auto& test = tests.emplace_back();
        test.name = name;
        test.place = test.outcome_place = place;
        type.read(value, fmt::format("test '{}'", name), reader, test);
    }
    return tests;
}

void check_test(const TestSpec& test, const Pipeline& pipeline, Diagnostics& diagnostics) {
    FaultCheck(test, pipeline, diagnostics).check();
    check_expectations(test, pipeline, diagnostics);
}

}  // namespace trommel
