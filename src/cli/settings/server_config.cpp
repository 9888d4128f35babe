#include "cli/settings/server_config.hpp"

#include "cli/settings/access_settings.hpp"
#include "cli/settings/server_keys.hpp"
#include "cli/settings/token_settings.hpp"
#include "trommel/core/credential.hpp"
#include "trommel/core/name.hpp"
#include "trommel/core/secret_file.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>
#include <vector>

namespace trommel::cli {
namespace {

using Type = SettingsType;

std::chrono::milliseconds read_wait(const Node& node, const OptionReader& reader) {
    const auto duration = parse_duration(text_of(node, reader));
    if (duration && *duration > std::chrono::milliseconds(0)) return *duration;
    reader.diagnostics.error(
        node.place(), "bad-duration", duration ? "give it some time, as 30s" : duration.problem());
    return std::chrono::seconds(1);
}

void read_lifetime(const Node& node, const OptionReader& reader, ServerConfig& config) {
    const auto duration = parse_duration(text_of(node, reader));
    if (!duration)
        return reader.diagnostics.error(node.place(), "bad-duration", duration.problem());
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*duration);
    if (seconds.count() < 1 || seconds > server::longest_url_lifetime)
        return reader.diagnostics.error(
            node.place(), "bad-duration", "a URL is good for 1s at least and for 7d at most");
    config.api.url_lifetime = seconds;
}

void read_log_calls(const Node& node, const OptionReader& reader, ServerConfig& config) {
    const auto value = scalar_of(node);
    if (const auto* truth = std::get_if<bool>(&value))
        config.log_calls = *truth;
    else
        reader.diagnostics.error(node.place(), "wrong-type", "this has to be true or false");
}

/// How long the other server may say nothing, or take nothing, in the middle of a call.
void set_idle(LightlyOptions& upstream, std::chrono::milliseconds idle) {
    upstream.http.answer = idle;
    upstream.http.body = idle;
    upstream.http.write = idle;
}

/// A client that waits no longer than those who wait for it.
LightlyOptions upstream_options() {
    LightlyOptions upstream;
    upstream.url.clear();
    upstream.retry = {.attempts = 3,
                      .base = std::chrono::milliseconds(100),
                      .max = std::chrono::milliseconds(1000)};
    upstream.deadline = std::chrono::seconds(10);
    upstream.http.connect = std::chrono::seconds(5);
    set_idle(upstream, std::chrono::seconds(30));
    upstream.http.connections = 64;
    return upstream;
}

/// A token in this file, which then is a secret itself.
void read_token_here(const Node& node,
                     const OptionReader& reader,
                     const std::filesystem::path& here,
                     ServerConfig& config) {
    secret_in(node, here, reader, config.warnings);
    config.upstream->token = text_of(node, reader);
    if (const auto fault = Credential::fault_of(config.upstream->token))
        reader.diagnostics.error(
            node.place(), "bad-token", fmt::format("the token of the platform {}", *fault));
}

/// `here` is the file that is read.
Type platform_type(const std::filesystem::path& here) {
    const LightlyOptions defaults = upstream_options();
    const KeyFault no_url{.code = "missing-key",
                          .message =
                              "platform needs the 'url' of the server that is to be served; "
                              "without 'platform' one is kept here"};
    return Type("Another server to forward calls to; default: a platform of its own.")
        .key(told("url", "path", "Where it is."),
             [no_url](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream->url = text_of(node, reader);
                 if (config.upstream->url.empty())
                     reader.diagnostics.error(node.place(), no_url.code, no_url.message);
             })
        .some_of({"url"}, no_url)
        .key(told("token", "text", "Token of that server; prefer token_file."),
             [here](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 read_token_here(node, reader, here, config);
             })
        .key(told("token_file", "text", "File that holds only the token of that server."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream->token = token_in(node, reader, config.warnings);
             })
        .key(told("connect", "duration", "Time limit to connect."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream->http.connect = read_wait(node, reader);
             })
        .positive()
        .by_default(to_text(defaults.http.connect))
        .key(told("idle", "duration", "Longest silence within a call."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 set_idle(*config.upstream, read_wait(node, reader));
             })
        .positive()
        .by_default(to_text(defaults.http.answer))
        .key(file(
            "ca_file", "Certificates to trust (PEM); default: those of the system.", [
            ](auto& c) -> auto& { return c.upstream->http.ca_file; }));
}

Type log_type() {
    using server::LogLevel;
    return Type("Log.")
        .key(file(
            "file", "Log file; default: standard error.", [](auto& c) -> auto& {
                return c.log.file;
            }))
        .key(choice(
            "format",
            "Format of a line.",
            Choices<bool>{{"text", false}, {"json", true}},
            [](auto& c) -> auto& { return c.log.is_json; }))
        .key(choice(
            "level",
            "Lowest level to log.",
            Choices<LogLevel>{{"debug", LogLevel::debug},
                              {"info", LogLevel::info},
                              {"warning", LogLevel::warning},
                              {"error", LogLevel::error}},
            [](auto& c) -> auto& { return c.log.level; }))
        .key(bytes(
            "max_size", "Size at which the file is rotated to FILE.1.", [](auto& c) -> auto& {
                return c.log.max_size;
            }))
        .key(count(
            "keep", "Rotated files to keep.", 0, 1000, [](auto& c) -> auto& {
                return c.log.keep;
            }));
}

Type audit_type() {
    return Type("Audit log: one JSON line per call that changed something.")
        .key(file(
            "file", "File; default: server/audit.jsonl in 'data'.", [](auto& c) -> auto& {
                return c.api.audit.file;
            }))
        .key(bytes(
            "max_size", "Size at which the file is rotated to FILE.1.", [](auto& c) -> auto& {
                return c.api.audit.max_size;
            }))
        .key(count(
            "keep", "Rotated files to keep.", 0, 1000, [](auto& c) -> auto& {
                return c.api.audit.keep;
            }));
}

Type tls_type() {
    const KeyFault missing{.code = "missing-key", .message = "tls needs 'certificate' and 'key'"};
    return Type("Certificate and key; SIGHUP reloads them.")
        .key(file(
            "certificate", "Certificate chain (PEM).", [](auto& c) -> auto& {
                return c.http.tls->certificate;
            }))
        .some_of({"certificate"}, missing)
        .key(told("key", "text", "Private key (PEM)."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 const auto file = reader.folder / text_of(node, reader);
                 config.http.tls->key = file.string();
                 secret_in(node, file, reader, config.warnings);
             })
        .some_of({"key"}, missing);
}

/// As often may a token call, and an address.
void read_rate(const Node& node, const OptionReader& reader, ServerConfig& config) {
    parse_into(node, reader, parse_limit, config.api.token_rate);
    config.api.address_rate = config.api.token_rate;
}

Type limits_type() {
    return Type("Limits for clients.")
        .key(bytes(
            "body",
            "Size of a JSON request; uploads stream without this limit.",
            [](auto& c) -> auto& { return c.api.max_body_bytes; }))
        .key(bytes(
            "file", "Size of an image or an embeddings file.", [](auto& c) -> auto& {
                return c.api.max_file_bytes;
            }))
        .key(count(
            "connections",
            "Open connections, as far as 'ulimit -n' allows.",
            1,
            1'000'000,
            [](auto& c) -> auto& { return c.http.limits.connections; }))
        .key(count(
            "connections_per_address",
            "Connections per IPv4 address or IPv6 /64.",
            1,
            1'000'000,
            [](auto& c) -> auto& { return c.http.limits.connections_per_address; }))
        .key(bytes(
            "memory", "Memory of all bodies and answers in progress.", [](auto& c) -> auto& {
                return c.http.limits.memory;
            }))
        .key(told("rate", "rate", "Calls per token and per address; the number may come at once."),
             read_rate)
        .key(told("failures", "rate", "Calls per address with an unknown token or signature."),
             parsed(
                 [](auto& c) -> auto& { return c.api.failure_rate; }, parse_limit))
        .key(count(
            "samples",
            "Most samples per dataset, as reported to clients.",
            1,
            4'000'000'000,
            [](auto& c) -> auto& { return c.api.quota; }))
        .check([](const Section&, const OptionReader&, ServerConfig& config) {
            auto& most = config.http.limits.body_bytes;
            most = std::max(most, config.api.max_file_bytes);
        });
}

std::string ip_address(const std::string& text) {
    if (http::is_ip_address(text)) return text;
    throw ConfigError(fmt::format("'{}' is not an IP address", text));
}

/// `here` is the file that is read.
Type settings_type(const std::filesystem::path& here) {
    using server::Durability;
    const ServerConfig defaults;
    return Type("Settings of 'trommel serve'.")
        .key(told("listen", "text", "Address of the API."),
             parsed(
                 [](auto& c) -> auto& { return c.listen; }, parse_listen, "bad-address"))
        .by_default(fmt::format("{}:{}", defaults.listen.address, defaults.listen.port))
        .key(platform_type(here).info().as("platform", platform_type(here).info().help),
             [here](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream = upstream_options();
                 platform_type(here).read(node, {}, reader, config);
             })
        .key(file(
            "data", "Folder of platform.db, images and embeddings.", [](auto& c) -> auto& {
                return c.data;
            }))
        .key(told("public_url", "text", "URL for clients, if it is not 'listen'."),
             parsed(
                 [](auto& c) -> auto& { return c.api.public_url; }, bare_url))
        .key(texts(
            "hosts",
            "Further host names of a server without a token.",
            [](auto& c) -> auto& { return c.api.hosts; },
            checked_host))
        .key(texts(
            "origins",
            "Origins of web pages that may call.",
            [](auto& c) -> auto& { return c.api.origins; },
            bare_url))
        .key(told("url_lifetime", "duration", "Lifetime of a signed URL: 1s to 7d."), read_lifetime)
        .positive()
        .by_default(to_text(defaults.api.url_lifetime))
        .key(told("log_calls", "boolean", "Whether each call is logged."), read_log_calls)
        .by_default("false")
        .map("log", log_type())
        .map("audit", audit_type())
        .key(choice(
            "durability",
            "Acknowledged changes that survive a power failure: full: all; normal: all but the "
            "last moments.",
            Choices<Durability>{{"full", Durability::full}, {"normal", Durability::normal}},
            [](auto& c) -> auto& { return c.api.durability; }))
        .key(choice(
            "metrics",
            "Access to /metrics: with a token, or public.",
            Choices<bool>{{"token", false}, {"public", true}},
            [](auto& c) -> auto& { return c.api.metrics_are_public; }))
        .key(texts(
            "trusted_proxies",
            "Proxies whose X-Forwarded-For is trusted.",
            [](auto& c) -> auto& { return c.http.trusted_proxies; },
            ip_address,
            "bad-address",
            "'trusted_proxies' has to be a list of IP addresses"))
        .key(tls_type().info().as("tls", tls_type().info().help),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.http.tls.emplace();
                 tls_type().read(node, {}, reader, config);
             })
        .map("limits", limits_type())
        .key(many_of("list", token_info()).as("tokens", "Tokens and their roles."), read_tokens);
}

[[noreturn]] void refuse_listen(const std::string& text) {
    throw ConfigError(fmt::format(
        "'{}' is not an address to listen at; write 127.0.0.1:8765, or [::1]:8765, or 0.0.0.0:8765",
        text));
}

}  // namespace

Listen parse_listen(const std::string& text) {
    Listen listen;
    const auto colon = text.rfind(':');
    const auto port = colon == std::string::npos ? text : text.substr(colon + 1);
    const auto* end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data(), end, listen.port);
    if (port.empty() || error != std::errc{} || stop != end) refuse_listen(text);
    if (colon == std::string::npos) return listen;
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    if (address.empty()) refuse_listen(text);
    listen.address = address == "localhost" ? "127.0.0.1" : address;
    return listen;
}

bool is_loopback(const Listen& listen) {
    return listen.address.starts_with("127.") || listen.address == "::1";
}

std::string to_url(const Listen& listen, bool is_tls) {
    const bool is_v6 = listen.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}",
                       is_tls ? "https" : "http",
                       is_v6 ? "[" : "",
                       listen.address,
                       is_v6 ? "]" : "",
                       listen.port);
}

ServerConfig read_server_config(const std::filesystem::path& file) {
    const auto source = load_source(file);
    Diagnostics diagnostics;
    ServerConfig config;
    if (const auto root = parse_yaml(source, diagnostics))
        settings_type(file).read(*root, {}, {diagnostics, file.parent_path()}, config);
    diagnostics.throw_if_errors(source);
    return config;
}

OptionInfo server_info() { return settings_type({}).info(); }

}  // namespace trommel::cli
