#include "pipeline/definition/load/matrix.hpp"

#include "pipeline/definition/reader/references.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

bool is_text(const ParamSpec& param) {
    return param.info.type == "text" || param.info.type == "choice";
}

/// `{from: 1, to: 10, step: 3}`, whose ends have to fit the param.
struct Range {
    std::optional<Node> from{};
    std::optional<Node> to{};
    std::int64_t step = 1;
};

MapType<Range> make_range_type() {
    OptionInfo from = info_of("from", "integer").as("from", "First value.");
    OptionInfo to = info_of("to", "integer").as("to", "Last value, or its upper bound.");
    from.required = to.required = true;
    return MapType<Range>("Whole numbers.")
        .key(from, [](const Node& node, const OptionReader&, Range& range) { range.from = node; })
        .key(to, [](const Node& node, const OptionReader&, Range& range) { range.to = node; })
        .key("step", &Range::step, "Step between values.", {.min = 1});
}

const MapType<Range>& range_type() {
    static const auto type = make_range_type();
    return type;
}

class MatrixReader {
public:
    MatrixReader(const ParamSpecs& params, const OptionReader& reader)
        : params_(params), reader_(reader) {
        for (const auto& [name, spec] : params) names_.push_back(name);
    }

    MatrixSpec read(const Node& node) {
        MatrixSpec matrix;
        const Node resolved = reader_.resolved(node);
        if (!resolved.is_map() || resolved.entries().empty())
            error(node.place(),
                  "wrong-type",
                  "'matrix' must be a map from params to lists of values");
        for (const auto& entry : resolved.entries())
            if (entry.key == "exclude")
                matrix.exclude = read_list(entry);
            else if (entry.key == "include")
                matrix.include = read_list(entry);
            else if (const ParamSpec* param = param_named(entry))
                matrix.axes.push_back({entry.key, read_values(entry.value, *param)});
        check_size(node, matrix);
        return matrix;
    }

private:
    void error(const Place& place, std::string code, std::string message, std::string hint = {}) {
        reader_.diagnostics.error(place, std::move(code), std::move(message), std::move(hint));
    }

    const ParamSpec* param_named(const NodeEntry& entry) {
        const auto found = params_.find(entry.key);
        if (found != params_.end()) return &found->second;
        error(entry.key_place,
              "unknown-key",
              fmt::format("'matrix' varies '{}', which is not a param", entry.key),
              did_you_mean(entry.key, names_));
        return nullptr;
    }

    std::vector<std::string> read_values(const Node& node, const ParamSpec& param) {
        if (node.is_map()) return read_range(node, param);
        std::vector<std::string> values;
        for (const Node& item : node.items()) {
            const auto value = read_value(item, param);
            if (value && std::ranges::count(values, *value) > 0)
                error(item.place(),
                      "duplicate",
                      fmt::format("{} appears here twice", describe(item)));
            if (value) values.push_back(*value);
        }
        if (node.items().empty())
            error(node.place(),
                  "wrong-type",
                  fmt::format("'{}' varies over {}", param.info.name, describe(node)),
                  "write a list such as [1, 2], or {from: 1, to: 10}");
        return values;
    }

    std::optional<std::string> read_value(const Node& node, const ParamSpec& param) {
        if (!check_param(param, node, reader_.diagnostics)) return std::nullopt;
        return is_text(param) ? node.text() : canonical(scalar_of(node));
    }

    std::vector<std::string> read_range(const Node& node, const ParamSpec& param) {
        Range bounds;
        range_type().read(node, fmt::format("the range of '{}'", param.info.name), reader_, bounds);
        if (!bounds.from || !bounds.to) return {};
        if (param.info.type != "integer") {
            error(
                node.place(),
                "wrong-type",
                fmt::format("'{}' is not an integer; give its values as a list", param.info.name));
            return {};
        }
        return range(node, *bounds.from, *bounds.to, bounds.step, param);
    }

    std::vector<std::string> range(const Node& node,
                                   const Node& from,
                                   const Node& to,
                                   std::int64_t step,
                                   const ParamSpec& param) {
        if (!read_value(from, param) || !read_value(to, param)) return {};
        const auto first = std::get<std::int64_t>(scalar_of(from));
        const auto last = std::get<std::int64_t>(scalar_of(to));
        std::vector<std::string> values;
        for (auto value = first; value <= last && values.size() <= max_combinations;
             value += step) {
            values.push_back(std::to_string(value));
            if (value > last - step) break;  // the next might overflow
        }
        if (values.empty())
            error(node.place(),
                  "empty-range",
                  fmt::format("there is nothing from {} to {}", first, last));
        return values;
    }

    /// The list under `exclude` or `include`.
    std::vector<ParamTexts> read_list(const NodeEntry& entry) {
        std::vector<ParamTexts> all;
        if (!entry.value.is_list())
            error(entry.value.place(),
                  "wrong-type",
                  fmt::format(
                      "'{}' must be a list of maps, not {}", entry.key, describe(entry.value)));
        for (const Node& item : entry.value.items()) all.push_back(read_texts(item, entry.key));
        return all;
    }

    ParamTexts read_texts(const Node& node, const std::string& key) {
        ParamTexts texts;
        if (!node.is_map() || node.entries().empty())
            error(node.place(), "wrong-type", fmt::format("'{}' lists maps of params", key));
        for (const auto& entry : node.entries())
            if (const ParamSpec* param = param_named(entry))
                if (const auto value = read_value(entry.value, *param)) texts[entry.key] = *value;
        return texts;
    }

    void check_size(const Node& node, const MatrixSpec& matrix) {
        std::size_t size = 1;
        for (const auto& axis : matrix.axes) {
            size *= std::max<std::size_t>(axis.values.size(), 1);
            if (size <= max_combinations) continue;
            error(node.place(),
                  "too-large",
                  fmt::format("the matrix has more than {} combinations", max_combinations));
            return;
        }
    }

    const ParamSpecs& params_;
    const OptionReader& reader_;
    std::vector<std::string> names_;
};

}  // namespace

OptionInfo matrix_info() {
    const OptionInfo value = info_of({}, "text");
    const OptionInfo combinations = many_of("list", many_of("named", value, 1));
    OptionInfo info = many_of("named", any_of({many_of("list", value, 1), range_type().info()}), 1);
    info.parts.push_back(combinations.as("exclude", "Combinations to leave out."));
    info.parts.push_back(
        combinations.as("include", "Values to add to matching combinations, or to all."));
    return info.as("matrix", "Params that a sweep varies, with their values.");
}

MatrixSpec read_matrix(const Node& node, const ParamSpecs& params, const OptionReader& reader) {
    return MatrixReader(params, reader).read(node);
}

void check_matrix_references(const Node& document,
                             const MatrixSpec& matrix,
                             Diagnostics& diagnostics) {
    const auto known = matrix.params();
    for_each_reference(document, "matrix", [&](const Node& scalar, const Reference& reference) {
        if (std::ranges::count(known, reference.path) > 0) return;
        diagnostics.error(scalar.place_at(reference.offset + 2, reference.name_length),
                          "unknown-reference",
                          known.empty() ? "there is no 'matrix' to refer to"
                                        : fmt::format("'matrix' sets no '{}'", reference.path),
                          did_you_mean(reference.path, known));
    });
}

}  // namespace trommel
