#include "trommel/selection/sampling_method.hpp"

#include <algorithm>
#include <array>

namespace trommel {
namespace {

struct Method {
    SamplingMethod method;
    std::string_view name;
    bool uses_embeddings;
    bool uses_scores;
};

constexpr std::array methods{
    Method{SamplingMethod::random, "RANDOM", false, false},
    Method{SamplingMethod::coreset, "CORESET", true, false},
    Method{SamplingMethod::coral, "CORAL", true, true},
    Method{SamplingMethod::active_learning, "ACTIVE_LEARNING", false, true},
};

const Method& properties(SamplingMethod method) {
    return *std::ranges::find(methods, method, &Method::method);
}

}  // namespace

std::string to_string(SamplingMethod method) { return std::string(properties(method).name); }

std::optional<SamplingMethod> parse_sampling_method(std::string_view name) {
    const auto found = std::ranges::find(methods, name, &Method::name);
    if (found == methods.end()) return std::nullopt;
    return found->method;
}

bool uses_embeddings(SamplingMethod method) { return properties(method).uses_embeddings; }
bool uses_scores(SamplingMethod method) { return properties(method).uses_scores; }

}  // namespace trommel
