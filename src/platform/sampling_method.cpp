#include "trommel/platform/sampling_method.hpp"

#include <algorithm>
#include <array>

namespace trommel {
namespace {

struct Method {
    SamplingMethod method;
    std::string_view name;
    std::string_view strategy;
};

constexpr std::array methods{
    Method{SamplingMethod::random, "RANDOM", "random"},
    Method{SamplingMethod::coreset, "CORESET", "coreset"},
    Method{SamplingMethod::coral, "CORAL", "coral"},
    Method{SamplingMethod::active_learning, "ACTIVE_LEARNING", "active_learning"},
};

std::optional<SamplingMethod> find_method(std::string_view Method::*name, std::string_view text) {
    const auto* found = std::ranges::find(methods, text, name);
    if (found == methods.end()) return std::nullopt;
    return found->method;
}

const Method& row_of(SamplingMethod method) {
    return *std::ranges::find(methods, method, &Method::method);
}

}  // namespace

std::string to_string(SamplingMethod method) { return std::string(row_of(method).name); }

std::optional<SamplingMethod> parse_sampling_method(std::string_view name) {
    return find_method(&Method::name, name);
}

std::string strategy_name(SamplingMethod method) { return std::string(row_of(method).strategy); }

std::optional<SamplingMethod> method_of(std::string_view strategy) {
    return find_method(&Method::strategy, strategy);
}

}  // namespace trommel
