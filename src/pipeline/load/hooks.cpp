#include "pipeline/load/scopes.hpp"
#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel {
namespace {

std::vector<std::string> event_names() {
    return {hook_event_names.begin(), hook_event_names.end()};
}

class HookReader {
public:
    HookReader(const NodeEntry& entry, const LoadContext& load)
        : entry_(entry),
          load_(load),
          section_(entry.value, fmt::format("hook '{}'", entry.key), load.diagnostics()) {}

    HookSpec read() {
        HookSpec hook;
        hook.name = entry_.key;
        hook.place = entry_.key_place;
        if (const Node* on = section_.need("on")) read_events(*on, hook.on);
        if (const Node* command = section_.need("command"))
            load_.reader.read(*command, info_of("command", "list of text"), hook.command);
        if (const Node* env = section_.find("env"))
            load_.reader.read(*env, info_of("env", "map of text"), hook.env);
        if (const Node* timeout = section_.find("timeout")) read_timeout(*timeout, hook.timeout);
        if (const Node* on_error = section_.find("on_error")) hook.fails_run = fails_run(*on_error);
        section_.refuse_others();
        return hook;
    }

private:
    void read_events(const Node& node, std::vector<HookEvent>& events) {
        std::vector<std::string> names;
        if (!load_.reader.read(node, info_of("on", "list of text"), names)) return;
        if (names.empty())
            load_.diagnostics().error(node.place(), "wrong-type", "'on' names no event");
        for (std::size_t i = 0; i < names.size(); ++i)
            read_event(node.is_list() ? node.items()[i] : node, names[i], events);
    }

    void read_event(const Node& node, const std::string& name, std::vector<HookEvent>& events) {
        const auto found = std::ranges::find(hook_event_names, name);
        if (found != hook_event_names.end()) {
            events.push_back(static_cast<HookEvent>(found - hook_event_names.begin()));
            return;
        }
        load_.diagnostics().error(node.place(),
                                  "unknown-choice",
                                  fmt::format("there is no event {}; there are {}",
                                              describe(node),
                                              fmt::join(hook_event_names, ", ")),
                                  did_you_mean(name, event_names()));
    }

    void read_timeout(const Node& node, std::chrono::milliseconds& timeout) {
        if (!load_.reader.read(node, info_of("timeout", "duration"), timeout)) return;
        if (timeout > std::chrono::milliseconds(0)) return;
        load_.diagnostics().error(node.place(), "bad-policy", "'timeout' must be longer than 0");
    }

    bool fails_run(const Node& node) {
        OptionInfo info = info_of("on_error", "choice");
        info.choices = {"warn", "fail"};
        std::string choice;
        return load_.reader.read(node, info, choice) && choice == "fail";
    }

    const NodeEntry& entry_;
    const LoadContext& load_;
    Section section_;
};

}  // namespace

std::vector<HookSpec> read_hooks(const Node& node, const LoadContext& load) {
    std::vector<HookSpec> hooks;
    const Node resolved = load.resolved(node);
    if (!resolved.is_map())
        load.diagnostics().error(
            node.place(), "wrong-type", "'hooks' must be a map from names to hooks");
    for (const auto& entry : resolved.entries()) hooks.push_back(HookReader(entry, load).read());
    return hooks;
}

}  // namespace trommel
