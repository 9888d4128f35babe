// Any text is an expression or a list of errors; what checks without errors has a truth.
#include "trommel/pipeline/language/expression.hpp"

#include "text.hpp"
#include "trommel/core/error.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace trommel {
namespace {

using test::require;

/// Names that begin with one of these letters have the type of the letter.
PathType type_of_path(std::string_view path) {
    using Type = Expression::Type;
    if (path.find(':') != std::string_view::npos) return {.type = Type::number};
    if (path.starts_with("params.t")) return {.type = Type::text};
    if (path.starts_with("params.b")) return {.type = Type::boolean};
    if (path.starts_with("params.d")) return {.type = Type::duration};
    if (path.starts_with("params.") || path.starts_with("metrics.")) return {.type = Type::number};
    return {.known = {"params.text", "params.duration", "metrics.evaluate.accuracy"}};
}

class SomeRun final : public Environment {
    std::uint32_t round() const override { return 3; }
    std::chrono::milliseconds elapsed() const override { return std::chrono::hours(1); }
    std::vector<double> history(std::string_view) const override { return {0.1, 0.5, 0.4}; }
    std::chrono::system_clock::time_point now() const override { return {}; }
    std::optional<double> fact(Fact, std::string_view) const override { return 0.5; }
    std::vector<double> agreements() const override { return {0.9, 1}; }

    std::optional<Expression::Value> value(std::string_view path) const override {
        if (path.ends_with("missing")) return std::nullopt;
        if (path.starts_with("params.t")) return std::string("text");
        if (path.starts_with("params.b")) return true;
        if (path.starts_with("params.d")) return std::chrono::milliseconds(5);
        return 1.5;
    }
};

void run(const std::string& text) {
    const SourceText source{"fuzz.yaml", text};
    Diagnostics diagnostics;
    const auto expression = parse_expression(text, {1, 1, 1}, diagnostics);
    require(expression || diagnostics.has_errors());
    if (expression) check(*expression, type_of_path, diagnostics);
    require(diagnostics.render(source).empty() == diagnostics.empty());
    if (diagnostics.has_errors()) return;
    try {
        const SomeRun environment;
        require(evaluate(*expression, environment) != held_rules(*expression, environment).empty());
    } catch (const ConfigError&) {
        // A count that is not a count is known only now.
    }
}

}  // namespace
}  // namespace trommel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trommel::run(std::string(trommel::test::text_of(data, size)));
    return 0;
}
