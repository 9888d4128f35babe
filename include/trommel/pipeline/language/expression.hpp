// The small language of `until`: `round >= 5 and metrics.evaluate.accuracy > params.goal`.
//
//     or:      and { "or" and }
//     and:     not { "and" not }
//     not:     [ "not" ] comparison
//     comparison: value [ ( < | <= | > | >= | == | != ) value ]
//     value:   [ - ] ( number | duration | 'text' | true | false | path | function | "(" or ")" )
//
// Every value has one of four types, and all of an expression is checked before a pipeline runs.
// Functions are rows of one table in expression_functions.cpp.
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
    std::optional<Expression::Type> type{};  ///< nothing: there is no such path
    std::vector<std::string> known{};        ///< paths that there are instead
};

/// The types of paths. `round` is a number and is never asked for.
using PathTypes = std::function<PathType(std::string_view path)>;

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
    /// The time since the run began.
    virtual std::chrono::milliseconds elapsed() const = 0;
};

/// The expression that `scalar` spells, or nothing if it is malformed. Errors stand where they
/// are within the scalar.
std::optional<Expression> parse_expression(const Node& scalar, Diagnostics& diagnostics);

/// The same for a text that stands at `base`.
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

/// A rule that stops learning: true when the best of the last `rounds` values exceeds the best
/// before them by less than `min_delta`; false while there are at most `rounds` values. Higher is
/// better; NaN is no value. `rounds` is at least 1.
bool plateau(const std::vector<double>& values, std::size_t rounds, double min_delta);

}  // namespace trommel
