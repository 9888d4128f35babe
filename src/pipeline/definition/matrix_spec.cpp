#include "trommel/pipeline/definition/matrix_spec.hpp"

#include <algorithm>

namespace trommel {
namespace {

/// The param's value in `texts`, or null.
const std::string* find(const ParamTexts& texts, const std::string& param) {
    const auto found = texts.find(param);
    return found == texts.end() ? nullptr : &found->second;
}

bool has_all(const ParamTexts& combination, const ParamTexts& wanted) {
    return std::ranges::all_of(wanted, [&](const auto& pair) {
        const std::string* value = find(combination, pair.first);
        return value != nullptr && *value == pair.second;
    });
}

bool has_none_otherwise(const ParamTexts& combination, const ParamTexts& values) {
    return std::ranges::all_of(values, [&](const auto& pair) {
        const std::string* value = find(combination, pair.first);
        return value == nullptr || *value == pair.second;
    });
}

std::vector<ParamTexts> product_of(const std::vector<MatrixAxis>& axes) {
    if (axes.empty()) return {};
    std::vector<ParamTexts> all{{}};
    for (const auto& axis : axes) {
        std::vector<ParamTexts> longer;
        for (const auto& combination : all)
            for (const auto& value : axis.values) {
                longer.push_back(combination);
                longer.back()[axis.param] = value;
            }
        all = std::move(longer);
    }
    return all;
}

void add(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::count(names, name) == 0) names.push_back(name);
}

}  // namespace

std::vector<std::string> MatrixSpec::params() const {
    std::vector<std::string> names;
    for (const auto& axis : axes) add(names, axis.param);
    for (const auto& one : include)
        for (const auto& [name, value] : one) add(names, name);
    return names;
}

MatrixSpec fixed_by(MatrixSpec matrix, const Overrides& overrides) {
    for (const auto& [name, value] : overrides) {
        for (auto& axis : matrix.axes)
            if (axis.param == name) axis.values = {value};
        const auto differs = [&name = name, &value = value](const ParamTexts& one) {
            const std::string* included = find(one, name);
            return included != nullptr && *included != value;
        };
        std::erase_if(matrix.include, differs);
    }
    return matrix;
}

std::vector<ParamTexts> combinations_of(const MatrixSpec& matrix) {
    std::vector<ParamTexts> originals = product_of(matrix.axes);
    std::erase_if(originals, [&](const ParamTexts& one) {
        return std::ranges::any_of(
            matrix.exclude, [&](const ParamTexts& left_out) { return has_all(one, left_out); });
    });
    std::vector<ParamTexts> all = originals;
    for (const auto& inclusion : matrix.include) {
        bool added = false;
        for (std::size_t i = 0; i < originals.size(); ++i) {
            if (!has_none_otherwise(originals[i], inclusion)) continue;
            for (const auto& [name, value] : inclusion) all[i][name] = value;
            added = true;
        }
        if (!added) all.push_back(inclusion);
    }
    return all;
}

}  // namespace trommel
