// Hooks: programs and URLs of the user's that are told what a run does.
#pragma once

#include "trommel/pipeline/language/source.hpp"
#include "trommel/pipeline/stage/options.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

enum class HookEvent { run_started, round_finished, run_finished, run_failed };

/// By HookEvent.
inline constexpr std::array<std::string_view, 4> hook_event_names{
    "run_started", "round_finished", "run_finished", "run_failed"};

constexpr std::string_view to_string(HookEvent event) {
    return hook_event_names[static_cast<std::size_t>(event)];
}

/// A URL that is told, beside the run.
struct Webhook {
    std::string url{};                ///< perhaps a secret, all but its host
    std::string key{};                ///< bytes that sign; empty: nothing is signed
    std::filesystem::path ca_file{};  ///< PEM of trusted certificates; empty: those of the system
};

struct HookSpec {
    std::string name{};
    Place place{};
    std::vector<HookEvent> on{};
    Command command{};
    std::optional<Webhook> webhook{};           ///< in place of the program
    EnvironmentVariables env{};                 ///< with secrets as they are
    std::chrono::milliseconds timeout{30'000};  ///< after which it has failed; a program is killed
    bool fails_run = false;                     ///< when it fails; else that is a warning
};

}  // namespace trommel
