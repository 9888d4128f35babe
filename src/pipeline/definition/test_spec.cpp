#include "trommel/pipeline/definition/test_spec.hpp"

#include <array>

namespace trommel {

std::string_view to_text(FaultSpec::Kind kind) {
    constexpr std::array<std::string_view, 5> words{
        "transient", "permanent", "hang", "short", "kill"};
    return words.at(static_cast<std::size_t>(kind));
}

std::string_view to_text(TestOutcome outcome) {
    constexpr std::array<std::string_view, 3> words{"ok", "failed", "exhausted"};
    return words.at(static_cast<std::size_t>(outcome));
}

}  // namespace trommel
