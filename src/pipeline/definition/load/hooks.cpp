#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "pipeline/definition/reader/remote.hpp"
#include "trommel/core/base64.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel {
namespace {

std::vector<std::string> event_names() {
    return {hook_event_names.begin(), hook_event_names.end()};
}

constexpr std::string_view key_prefix = "whsec_";

void read_event(const Node& node,
                const std::string& name,
                const OptionReader& reader,
                std::vector<HookEvent>& events) {
    const auto found = std::ranges::find(hook_event_names, name);
    if (found != hook_event_names.end()) {
        events.push_back(static_cast<HookEvent>(found - hook_event_names.begin()));
        return;
    }
    reader.diagnostics.error(node.place(),
                             "unknown-choice",
                             fmt::format("there is no event {}; available: {}",
                                         describe(node),
                                         fmt::join(hook_event_names, ", ")),
                             did_you_mean(name, event_names()));
}

void read_events(const Node& node, const OptionReader& reader, HookSpec& hook) {
    std::vector<std::string> names;
    if (!reader.read(node, info_of("on", "list of text"), names)) return;
    if (names.empty()) reader.diagnostics.error(node.place(), "wrong-type", "'on' names no event");
    for (std::size_t i = 0; i < names.size(); ++i)
        read_event(node.is_list() ? node.items()[i] : node, names[i], reader, hook.on);
}

OptionInfo events_info() {
    OptionInfo info = info_of("on", "list of text").as("on", "Events to report.");
    info.choices = event_names();
    info.at_least = 1;
    info.required = true;
    return info;
}

OptionInfo timeout_info(std::string help) {
    OptionInfo info = option_info("timeout", &HookSpec::timeout, std::move(help), {});
    info.is_positive = true;
    return info;
}

void read_timeout(const Node& node, const OptionReader& reader, HookSpec& hook) {
    if (!reader.read(node, info_of("timeout", "duration"), hook.timeout)) return;
    if (hook.timeout <= std::chrono::milliseconds(0))
        reader.diagnostics.error(node.place(), "bad-policy", "'timeout' must be longer than 0");
}

const MapType<HookSpec>& program_type() {
    static const auto type =
        MapType<HookSpec>(
            "A program that is told of events: one JSON object on its input, TROMMEL_* beside "
            "it.")
            .key(events_info(), read_events)
            .key(
                "command", &HookSpec::command, "The program and its arguments.", {.required = true})
            .key("env", &HookSpec::env, "Environment variables.")
            .secret()
            .key(timeout_info("Time after which the program is killed."), read_timeout)
            .choice("on_error",
                    &HookSpec::fails_run,
                    "Whether a failed hook fails the run.",
                    {{"warn", false}, {"fail", true}});
    return type;
}

void read_url(const Node& node, const OptionReader& reader, HookSpec& hook) {
    auto& url = hook.webhook->url;
    reader.read(node, info_of("url", "text"), url);
    check_url(node, url, reader.diagnostics);
}

/// Of 24 to 64 bytes, as Standard Webhooks 1.0.0 writes them.
void read_key(const Node& node, const OptionReader& reader, HookSpec& hook) {
    std::string secret;
    reader.read(node, info_of("secret", "text"), secret);
    check_is_secret(node, "secret", reader.diagnostics);
    const auto key = secret.starts_with(key_prefix)
                         ? from_base64(std::string_view(secret).substr(key_prefix.size()))
                         : std::nullopt;
    if (key && key->size() >= 24 && key->size() <= 64)
        hook.webhook->key = *key;
    else
        reader.diagnostics.error(node.place(),
                                 "bad-secret",
                                 "'secret' must be 'whsec_' and the base64 of 24 to 64 bytes",
                                 "make one: echo whsec_$(openssl rand -base64 32)");
}

OptionInfo ca_file_info() {
    return path_info("ca_file", dataset::FileForm::any, "Certificates to trust.");
}

void read_ca_file(const Node& node, const OptionReader& reader, HookSpec& hook) {
    reader.read(node, ca_file_info(), hook.webhook->ca_file);
}

OptionInfo url_info() {
    OptionInfo info = info_of("url", "text").as("url", "URL to post events to.");
    info.required = true;
    return info;
}

const MapType<HookSpec>& webhook_type() {
    static const auto type =
        MapType<HookSpec>("A URL that is told of events beside the run: one JSON object by POST.")
            .key(events_info(), read_events)
            .key(url_info(), read_url)
            .secret()
            .key(info_of("secret", "text")
                     .as("secret",
                         "Key to sign with, as in Standard Webhooks: 'whsec_' and base64."),
                 read_key)
            .secret(secret_pattern)
            .key(ca_file_info(), read_ca_file)
            .key(timeout_info("Time after which a message is dropped."), read_timeout);
    return type;
}

void read_hook(const Node& node, const OptionReader& reader, HookSpec& hook) {
    const bool is_webhook = node.find("url") != nullptr;
    if (is_webhook) hook.webhook.emplace();
    const auto owner = fmt::format("hook '{}'", hook.name);
    Section section(node, owner, reader.diagnostics);
    (is_webhook ? webhook_type() : program_type()).read_keys(section, reader, hook);
    for (const auto* key : {"command", "env", "on_error"})
        if (const Node* other = is_webhook ? section.find(key) : nullptr)
            reader.diagnostics.error(other->place(),
                                     "unknown-key",
                                     fmt::format("a hook with a 'url' has no '{}'", key),
                                     "it is told beside the run, which never waits for it");
    if (!is_webhook) section.find("url");  // to be proposed
    section.refuse_others();
}

}  // namespace

OptionInfo hooks_info() {
    return many_of("named", any_of({program_type().info(), webhook_type().info()}))
        .as("hooks", "Programs and URLs to notify about events of a run.");
}

std::vector<HookSpec> read_hooks(const Node& node, const OptionReader& reader) {
    std::vector<HookSpec> hooks;
    const Node resolved = reader.resolved(node);
    if (!resolved.is_map())
        reader.diagnostics.error(
            node.place(), "wrong-type", "'hooks' must be a map from names to hooks");
    for (const auto& [name, place, value] : resolved.entries()) {
        auto& hook = hooks.emplace_back();
        hook.name = name;
        hook.place = place;
        read_hook(value, reader, hook);
    }
    return hooks;
}

}  // namespace trommel
