#include "pipeline/load/remote.hpp"
#include "pipeline/load/scopes.hpp"
#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"
#include "trommel/core/base64.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel {
namespace {

std::vector<std::string> event_names() {
    return {hook_event_names.begin(), hook_event_names.end()};
}

constexpr std::string_view key_prefix = "whsec_";

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
        if (const Node* url = section_.find("url"))
            hook.webhook = read_webhook(*url);
        else
            read_program(hook);
        if (const Node* timeout = section_.find("timeout")) read_timeout(*timeout, hook.timeout);
        section_.refuse_others();
        return hook;
    }

private:
    void read_program(HookSpec& hook) {
        if (const Node* command = section_.need("command"))
            load_.reader.read(*command, info_of("command", "list of text"), hook.command);
        if (const Node* env = section_.find("env"))
            load_.reader.read(*env, info_of("env", "map of text"), hook.env);
        if (const Node* on_error = section_.find("on_error")) hook.fails_run = fails_run(*on_error);
    }

    Webhook read_webhook(const Node& url) {
        for (const auto* key : {"command", "env", "on_error"})
            if (const Node* other = section_.find(key))
                load_.diagnostics().error(other->place(),
                                          "unknown-key",
                                          fmt::format("a hook with a 'url' has no '{}'", key),
                                          "it is told beside the run, which never waits for it");
        Webhook webhook;
        load_.reader.read(url, info_of("url", "text"), webhook.url);
        check_url(url, webhook.url, load_.diagnostics());
        if (const Node* secret = section_.find("secret")) webhook.key = read_key(*secret);
        if (const Node* file = section_.find("ca_file"))
            load_.reader.read(*file, path_info("ca_file", dataset::FileForm::any), webhook.ca_file);
        return webhook;
    }

    /// Of 24 to 64 bytes, as Standard Webhooks 1.0.0 writes them.
    std::string read_key(const Node& node) {
        std::string secret;
        load_.reader.read(node, info_of("secret", "text"), secret);
        check_is_secret(node, "secret", load_.diagnostics());
        const auto key = secret.starts_with(key_prefix)
                             ? from_base64(std::string_view(secret).substr(key_prefix.size()))
                             : std::nullopt;
        if (key && key->size() >= 24 && key->size() <= 64) return *key;
        load_.diagnostics().error(node.place(),
                                  "bad-secret",
                                  "'secret' must be 'whsec_' and the base64 of 24 to 64 bytes",
                                  "make one: echo whsec_$(openssl rand -base64 32)");
        return {};
    }

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
