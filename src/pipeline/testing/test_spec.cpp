#include "trommel/pipeline/testing/test_spec.hpp"

namespace trommel {

std::string_view to_text(FaultSpec::Kind kind) {
    constexpr std::string_view words[] = {"transient", "permanent", "hang", "short", "kill"};
    return words[static_cast<std::size_t>(kind)];
}

std::string_view to_text(TestOutcome outcome) {
    constexpr std::string_view words[] = {"ok", "failed", "exhausted"};
    return words[static_cast<std::size_t>(outcome)];
}

}  // namespace trommel
