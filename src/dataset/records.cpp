#include "trommel/dataset/records.hpp"

#include <algorithm>
#include <array>

namespace trommel {
namespace {

/// By JobState.
constexpr std::array<std::string_view, 4> state_names{"WAITING", "RUNNING", "FINISHED", "FAILED"};

}  // namespace

std::string to_string(JobState state) {
    return std::string(state_names.at(static_cast<std::size_t>(state)));
}

std::optional<JobState> parse_job_state(std::string_view name) {
    const auto* const found = std::ranges::find(state_names, name);
    if (found == state_names.end()) return std::nullopt;
    return static_cast<JobState>(found - state_names.begin());
}

}  // namespace trommel
