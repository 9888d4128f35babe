#include "pipeline/load/tests.hpp"

#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"
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

OptionInfo counted(std::string name) {
    OptionInfo info = info_of(std::move(name), "integer", 1);
    info.max = std::numeric_limits<std::int32_t>::max();
    return info;
}

class TestReader {
public:
    TestReader(const ParamSpecs& params, const LoadContext& load) : params_(params), load_(load) {}

    TestSpec read(const NodeEntry& entry) {
        TestSpec test;
        test.name = entry.key;
        test.place = entry.key_place;
        test.outcome_place = entry.key_place;
        Section section(entry.value, fmt::format("test '{}'", entry.key), load_.diagnostics());
        if (const Node* params = section.find("params")) read_params(*params, test);
        if (const Node* rounds = section.find("rounds")) read_rounds(*rounds, test);
        if (const Node* faults = section.find("faults")) read_faults(*faults, test);
        if (const Node* expect = section.find("expect")) read_expect(*expect, test);
        section.refuse_others();
        return test;
    }

private:
    void error(const Place& place, std::string code, std::string message, std::string hint = {}) {
        load_.diagnostics().error(place, std::move(code), std::move(message), std::move(hint));
    }

    void read_params(const Node& node, TestSpec& test) {
        std::vector<std::string> names;
        for (const auto& [name, spec] : params_) names.push_back(name);
        const Node resolved = load_.resolved(node);
        if (!resolved.is_map()) error(node.place(), "wrong-type", "'params' must be a map");
        for (const auto& [name, place, value] : resolved.entries())
            if (const auto spec = params_.find(name); spec == params_.end())
                error(place,
                      "unknown-key",
                      fmt::format("the test sets '{}', which is no param", name),
                      did_you_mean(name, names));
            else if (check_param(spec->second, value, load_.diagnostics()))
                test.params.emplace_back(name, canonical(scalar_of(value)));
    }

    void read_rounds(const Node& node, TestSpec& test) {
        Section section(node, "a test's 'rounds'", load_.diagnostics());
        if (const Node* max = section.need("max"))
            load_.reader.read(load_.resolved(*max), counted("max"), test.max_rounds);
        section.refuse_others();
    }

    // ------------------------------------------------------------------------------------ faults

    void read_faults(const Node& node, TestSpec& test) {
        if (!node.is_list() || node.items().empty())
            error(node.place(),
                  "wrong-type",
                  fmt::format("'faults' must be a list, not {}", describe(node)),
                  "write a list such as [{fault: transient, stage: upload, round: 2}]");
        for (const Node& item : node.items()) test.faults.push_back(read_fault(item));
    }

    FaultSpec read_fault(const Node& node) {
        FaultSpec fault;
        fault.place = node.place();
        fault.stage_place = node.place();
        Section section(node, "a fault", load_.diagnostics());
        const Node* kind = section.need("fault");
        const bool known = kind != nullptr && read_word(*kind, "fault", kinds, fault.kind);
        const bool kills = known && fault.kind == Kind::kill;
        if (const Node* stage = kills ? nullptr : section.need("stage")) {
            load_.reader.read(*stage, info_of("stage", "text"), fault.stage);
            fault.stage_place = stage->place();
        }
        if (const Node* round = kills ? section.need("round") : section.find("round")) {
            std::int64_t number = 1;
            load_.reader.read(*round, counted("round"), number);
            fault.round = static_cast<std::uint32_t>(number);
        }
        const bool again = known && !kills && fault.kind != Kind::permanent;
        if (const Node* attempts = again || !known ? section.find("attempts") : nullptr)
            load_.reader.read(*attempts, counted("attempts"), fault.attempts);
        section.refuse_others();
        return fault;
    }

    template <typename T, std::size_t count>
    bool read_word(const Node& node,
                   const std::string& key,
                   const std::array<T, count>& words,
                   T& value) {
        OptionInfo info = info_of(key, "choice");
        for (const T word : words) info.choices.emplace_back(to_text(word));
        std::string text;
        if (!load_.reader.read(node, info, text)) return false;
        value = *std::ranges::find(words, text, [](T word) { return std::string(to_text(word)); });
        return true;
    }

    // ------------------------------------------------------------------------------ expectations

    void read_expect(const Node& node, TestSpec& test) {
        Section section(node, "'expect'", load_.diagnostics());
        const Node* outcome = section.find("outcome");
        if (outcome != nullptr) {
            read_word(*outcome, "outcome", outcomes, test.outcome);
            test.outcome_place = outcome->place();
        }
        if (const Node* text = section.find("error")) read_error(*text, outcome, test);
        if (const Node* that = section.find("that")) read_that(*that, test);
        section.refuse_others();
    }

    void read_error(const Node& node, const Node* outcome, TestSpec& test) {
        load_.reader.read(node, info_of("error", "text"), test.error);
        test.error_place = node.place();
        if (outcome == nullptr)
            test.outcome = TestOutcome::failed;
        else if (test.outcome != TestOutcome::failed)
            error(node.place(),
                  "not-there",
                  fmt::format("a run that ends '{}' has no error", outcome->text()));
    }

    void read_that(const Node& node, TestSpec& test) {
        std::vector<Node> conditions(node.items().begin(), node.items().end());
        if (node.is_scalar()) conditions = {node};
        if (conditions.empty())
            error(node.place(),
                  "wrong-type",
                  fmt::format("'that' must be a list of conditions, not {}", describe(node)),
                  "write a list such as ['round == 2', 'state.labeled.count > 20']");
        for (const Node& condition : conditions)
            if (auto parsed = parse_expression(condition, load_.diagnostics()))
                test.that.push_back({*std::move(parsed), condition.text(), condition.place()});
    }

    const ParamSpecs& params_;
    const LoadContext& load_;
};

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

std::vector<TestSpec> read_tests(const Node& node,
                                 const ParamSpecs& params,
                                 const LoadContext& load) {
    std::vector<TestSpec> tests;
    if (!node.is_map() || node.entries().empty())
        load.diagnostics().error(
            node.place(), "wrong-type", "'tests' must be a map with at least one test");
    TestReader reader(params, load);
    for (const auto& entry : node.entries()) tests.push_back(reader.read(entry));
    return tests;
}

void check_test(const TestSpec& test, const Pipeline& pipeline, Diagnostics& diagnostics) {
    FaultCheck(test, pipeline, diagnostics).check();
    check_expectations(test, pipeline, diagnostics);
}

}  // namespace trommel
