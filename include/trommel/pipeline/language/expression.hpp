// The small language of `until`: `round >= 5 and metrics.evaluate.accuracy > params.goal`.
//
//     or:      and { "or" and }
//     and:     not { "and" not }
//     not:     [ "not" ] comparison
//     comparison: value [ ( < | <= | > | >= | == | != ) value ]
//     value:   [ - ] ( number | 20% | duration | 'text' | true | false | path | function | "(" or
//     ")" )
//
// Every value has one of four types, and all of an expression is checked before a pipeline runs.
// Functions are rows of one table: rules that end a loop in stop_rules.cpp, the others in
// expression_functions.cpp.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"
#include "trommel/pipeline/language/source.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace trommel {

/// A parsed expression. Immutable; copies share one tree.
class Expression {
public:
    enum class Type { number, boolean, duration, text };
    using Value = std::variant<double, bool, std::chrono::milliseconds, std::string>;

    struct Term;
    explicit Expression(std::shared_ptr<const Term> root) : root_(std::move(root)) {}
    const Term& root() const { return *root_; }

private:
    std::shared_ptr<const Term> root_;
};

/// What is known about a path such as `metrics.evaluate.accuracy` before a pipeline runs.
struct PathType {
    std::optional<Expression::Type> type{};    ///< nothing: there is no such path
    std::vector<std::string> known{};          ///< paths that there are instead
    std::optional<Expression::Value> value{};  ///< where it never changes, as a param's
};

/// The types of paths. `round` is a number and is never asked for. Rules ask
/// for what no path can name: `scores:` whether there are scores and `scores:X` whether X is one,
/// `labels:` whether stages label, `classes:` whether they predict classes, `costs:`.
using PathTypes = std::function<PathType(std::string_view path)>;

/// Figures of a run that rules use and no path names.
enum class Fact {
    labeled,            ///< samples in the labelled set, without those that nobody labelled
    last_growth,        ///< samples that the last round added to it
    pool,               ///< samples that there are to choose from
    human_labels,       ///< labels that label stages gave
    owed_labels,        ///< labels of what was chosen last, which nobody was asked for yet
    spent,              ///< what labels and stages have cost
    next_cost,          ///< what one more round like the last would cost, measured to the end
    mean_score,         ///< of a score, over what could have been chosen in the last round
    selection_overlap,  ///< of a score: see the rule of that name
};

/// What an expression sees of a run.
class Environment {
public:
    Environment() = default;
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    virtual ~Environment() = default;

    /// The rounds that are finished.
    virtual std::uint32_t round() const = 0;
    /// The value of a path, if it has one yet.
    virtual std::optional<Expression::Value> value(std::string_view path) const = 0;
    /// All values of the metric `stage.name`, oldest first.
    virtual std::vector<double> history(std::string_view metric) const = 0;
    /// The time since the run began, and the time of day.
    virtual std::chrono::milliseconds elapsed() const = 0;
    virtual std::chrono::system_clock::time_point now() const = 0;
    /// A figure of the run, if it is known yet; `score` is the one that is meant where there are
    /// several.
    virtual std::optional<double> fact(Fact fact, std::string_view score) const = 0;
    /// Cohen's kappa between each two successive models, oldest first.
    virtual std::vector<double> agreements() const = 0;
};

/// A condition that made an expression true, with what it went by.
struct HeldRule {
    std::string rule{};  ///< a function's name, or `comparison`
    std::string text{};  ///< as it is written: `n(100)`; `not n(100)` where that is what held
    std::optional<double> value{};      ///< what was found; durations in seconds
    std::optional<double> threshold{};  ///< what it was compared with
    std::string detail{};               ///< both in words
};

/// The value that a scalar is in expressions; nothing for all else.
std::optional<Expression::Value> value_of(const Node& scalar);

/// The expression as it would be written: `round >= 5 and n(100)`.
std::string to_text(const Expression& expression);

/// The expression that `scalar` spells, or nothing if it is malformed. Errors appear where they
/// are within the scalar.
std::optional<Expression> parse_expression(const Node& scalar, Diagnostics& diagnostics);

/// The same for a text that appears at `base`.
std::optional<Expression> parse_expression(std::string_view text,
                                           Place base,
                                           Diagnostics& diagnostics);

/// Reports unknown paths and functions, and types that do not fit. The whole is true or false.
void check(const Expression& expression, const PathTypes& types, Diagnostics& diagnostics);

/// The truth of a checked expression. A comparison with a value that is not there yet is neither
/// true nor false, `and`, `or` and `not` reckon with that as Kleene's logic does, and what is
/// undecided in the end counts as false: no run stops for want of a number. Throws ConfigError
/// when a function cannot work with what it is given.
bool evaluate(const Expression& expression, const Environment& environment);

/// The conditions that make a checked expression true, in its order: of `a or b` those that hold,
/// of `a and b` all. None if it is not true.
std::vector<HeldRule> held_rules(const Expression& expression, const Environment& environment);

/// Why a checked expression is not true, in words: `metrics.evaluate.accuracy is 0.8`, or the
/// paths that have no value. Empty if it is true.
std::string why_not(const Expression& expression, const Environment& environment);

/// A function that an expression calls, and the names and texts among its arguments.
struct RuleCall {
    std::string rule{};
    std::vector<std::string> names{};

    friend bool operator==(const RuleCall&, const RuleCall&) = default;
};

/// Every call in the expression, outer ones first.
std::vector<RuleCall> calls_in(const Expression& expression);

/// What the manual says about one function.
struct RuleInfo {
    std::string signature{};
    std::string help{};
    std::string source{};  ///< where it was published; may be empty
    std::vector<std::pair<std::string, std::string>> parameters{};  ///< name, help
};

/// All functions of the language.
std::vector<RuleInfo> rule_manual();

/// A rule that stops learning: true when the best of the last `rounds` values exceeds the best
/// before them by less than `min_delta`; false while there are at most `rounds` values. Higher is
/// better; NaN is not a value. `rounds` is at least 1.
bool plateau(const std::vector<double>& values, std::size_t rounds, double min_delta);

}  // namespace trommel
