#include "cli/settings/server_config.hpp"

#include "cli/settings/access_settings.hpp"
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

using Type = MapType<ServerConfig>;
using Key = std::pair<OptionInfo, Type::Read>;

std::string text_of(const Node& node, const OptionReader& reader) {
    if (!node.is_scalar())
        reader.diagnostics.error(
            node.place(), "wrong-type", fmt::format("{} is no text", describe(node)));
    return node.text();
}

/// A text by a function that says what is wrong with it.
template <typename Parse, typename Value>
void parse_into(const Node& node,
                const OptionReader& reader,
                Parse parse,
                Value& value,
                const char* code = "bad-value") {
    try {
        value = parse(text_of(node, reader));
    } catch (const ConfigError& error) {
        reader.diagnostics.error(node.place(), code, error.what());
    }
}

/// How a key is read: `place(config)` is where its value goes.
template <typename Place, typename Parse>
Type::Read parsed(Place place, Parse parse, const char* code = "bad-value") {
    return [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        parse_into(node, reader, parse, place(config), code);
    };
}

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

// ------------------------------------------------------------------------- how keys are declared

OptionInfo told(std::string name, std::string type, std::string help) {
    OptionInfo info = info_of(std::move(name), std::move(type));
    info.help = std::move(help);
    return info;
}

/// A key that is one of some words, each with its value.
template <typename T, typename Place>
Key choice(std::string name, std::string help, Choices<T> choices, Place place) {
    ServerConfig defaults;
    OptionInfo info = told(std::move(name), "choice", std::move(help));
    for (const auto& [word, value] : choices) {
        info.choices.push_back(word);
        if (place(defaults) == value) info.fallback = word;
    }
    auto read = [=, words = info.choices](
                    const Node& node, const OptionReader& reader, ServerConfig& config) {
        const auto word = text_of(node, reader);
        for (const auto& [known, value] : choices)
            if (known == word) return void(place(config) = value);
        reader.diagnostics.error(node.place(),
                                 "wrong-value",
                                 fmt::format("this is one of {}", fmt::join(words, ", ")),
                                 did_you_mean(word, words));
    };
    return {std::move(info), std::move(read)};
}

template <typename Place>
Key file(std::string name, std::string help, Place place) {
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        place(config) = (reader.folder / text_of(node, reader)).string();
    };
    return {told(std::move(name), "text", std::move(help)), std::move(read)};
}

/// `16MiB`.
std::string in_bytes(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    for (; bytes % 1024 == 0 && bytes > 0 && unit + 1 < units.size(); ++unit) bytes /= 1024;
    return fmt::format("{}{}", bytes, units.at(unit));
}

template <typename Place>
Key bytes(std::string name, std::string help, Place place) {
    ServerConfig defaults;
    OptionInfo info = told(std::move(name), "bytes", std::move(help));
    info.fallback = in_bytes(place(defaults));
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        const auto size = parse_bytes(text_of(node, reader));
        if (size)
            place(config) = *size;
        else
            reader.diagnostics.error(node.place(), "bad-size", size.problem());
    };
    return {std::move(info), std::move(read)};
}

template <typename Place>
Key count(std::string name, std::string help, std::int64_t least, std::int64_t most, Place place) {
    ServerConfig defaults;
    OptionInfo info = told(std::move(name), "integer", std::move(help));
    info.min = static_cast<double>(least);
    info.max = static_cast<double>(most);
    info.fallback = std::to_string(place(defaults));
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        const auto value = scalar_of(node);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || *number < least || *number > most)
            return reader.diagnostics.error(
                node.place(),
                "wrong-type",
                fmt::format("this has to be a whole number from {} to {}", least, most));
        place(config) = static_cast<std::remove_reference_t<decltype(place(config))>>(*number);
    };
    return {std::move(info), std::move(read)};
}

/// A list of what `parse` reads, which throws ConfigError with a sentence.
template <typename Place, typename Parse>
Key texts(std::string name,
          std::string help,
          Place place,
          Parse parse,
          const char* code = "bad-value",
          const char* objection = "this has to be a list") {
    auto read = [=](const Node& node, const OptionReader& reader, ServerConfig& config) {
        if (!node.is_list()) return reader.diagnostics.error(node.place(), "wrong-type", objection);
        for (const auto& item : node.items())
            parse_into(item, reader, parse, place(config).emplace_back(), code);
    };
    return {many_of("list", info_of({}, "text")).as(std::move(name), std::move(help)),
            std::move(read)};
}

// ------------------------------------------------------------------------------------- sections

/// A secret file's warning, or what makes it none.
std::optional<std::string> secret_in(const Node& node,
                                     const std::filesystem::path& file,
                                     const OptionReader& reader,
                                     std::vector<std::string>& warnings) {
    try {
        auto secret = read_secret_file(file);
        if (secret.warning) warnings.push_back(*secret.warning);
        return std::move(secret.text);
    } catch (const ConfigError& error) {
        reader.diagnostics.error(node.place(), "unreadable-file", error.what());
        return std::nullopt;
    }
}

/// A token that stands alone in a file; empty after an error.
std::string token_in(const Node& node,
                     const OptionReader& reader,
                     std::vector<std::string>& warnings) {
    const auto file = reader.folder / text_of(node, reader);
    const auto secret = secret_in(node, file, reader, warnings);
    std::string token(trim(secret.value_or("")));
    const auto fault = secret ? Credential::fault_of(token) : std::nullopt;
    if (!fault) return token;
    reader.diagnostics.error(
        node.place(), "unreadable-file", fmt::format("the token in {} {}", file.string(), *fault));
    return "";
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
    return Type("What is served if not a platform that is kept here: that of another server.")
        .key(told("url", "path", "Where it is."),
             [no_url](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream->url = text_of(node, reader);
                 if (config.upstream->url.empty())
                     reader.diagnostics.error(node.place(), no_url.code, no_url.message);
             })
        .some_of({"url"}, no_url)
        .key(told("token", "text", "Its token; better alone in a file."),
             [here](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 read_token_here(node, reader, here, config);
             })
        .key(told("token_file", "text", "The file in which its token stands alone."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream->token = token_in(node, reader, config.warnings);
             })
        .key(told("connect", "duration", "In which it must be reached."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream->http.connect = read_wait(node, reader);
             })
        .positive()
        .by_default(to_text(defaults.http.connect))
        .key(told("idle", "duration", "How long it may be silent within a call."),
             [](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 set_idle(*config.upstream, read_wait(node, reader));
             })
        .positive()
        .by_default(to_text(defaults.http.answer))
        .key(file(
            "ca_file", "Certificates to trust; else the system's.", [](auto& c) -> auto& {
                return c.upstream->http.ca_file;
            }));
}

Type log_type() {
    using server::LogLevel;
    return Type("The log.")
        .key(file(
            "file", "Where it goes; else to standard error.", [](auto& c) -> auto& {
                return c.log.file;
            }))
        .key(choice(
            "format",
            "Of a line.",
            Choices<bool>{{"text", false}, {"json", true}},
            [](auto& c) -> auto& { return c.log.is_json; }))
        .key(choice(
            "level",
            "The least that is said.",
            Choices<LogLevel>{{"debug", LogLevel::debug},
                              {"info", LogLevel::info},
                              {"warning", LogLevel::warning},
                              {"error", LogLevel::error}},
            [](auto& c) -> auto& { return c.log.level; }))
        .key(bytes(
            "max_size", "With which the file is put aside as FILE.1.", [](auto& c) -> auto& {
                return c.log.max_size;
            }))
        .key(count(
            "keep", "How many files that were put aside.", 0, 1000, [](auto& c) -> auto& {
                return c.log.keep;
            }));
}

Type audit_type() {
    return Type("Who changed what: a line of JSON for each call that changed something.")
        .key(file(
            "file", "Where; else in server/audit.jsonl of 'data'.", [](auto& c) -> auto& {
                return c.api.audit.file;
            }))
        .key(bytes(
            "max_size", "With which the file is put aside as FILE.1.", [](auto& c) -> auto& {
                return c.api.audit.max_size;
            }))
        .key(count(
            "keep", "How many files that were put aside.", 0, 1000, [](auto& c) -> auto& {
                return c.api.audit.keep;
            }));
}

Type tls_type() {
    const KeyFault missing{.code = "missing-key", .message = "tls needs 'certificate' and 'key'"};
    return Type("The server's certificate and its key; SIGHUP reads them anew.")
        .key(file(
            "certificate", "PEM, with those that it was signed by.", [](auto& c) -> auto& {
                return c.http.tls->certificate;
            }))
        .some_of({"certificate"}, missing)
        .key(told("key", "text", "PEM."),
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
    return Type("What strangers may take.")
        .key(bytes(
            "body",
            "Of a JSON request; uploads stream and have no such limit.",
            [](auto& c) -> auto& { return c.api.max_body_bytes; }))
        .key(bytes(
            "file", "Of an image or an embeddings file.", [](auto& c) -> auto& {
                return c.api.max_file_bytes;
            }))
        .key(count(
            "connections", "As far as 'ulimit -n' allows.", 1, 1'000'000, [](auto& c) -> auto& {
                return c.http.limits.connections;
            }))
        .key(count(
            "connections_per_address",
            "And for each /64 of IPv6.",
            1,
            1'000'000,
            [](auto& c) -> auto& { return c.http.limits.connections_per_address; }))
        .key(bytes(
            "memory", "Of bodies and answers under way together.", [](auto& c) -> auto& {
                return c.http.limits.memory;
            }))
        .key(told("rate",
                  "rate",
                  "Of calls by one token, and from one address; as many as the number says may "
                  "come at once."),
             read_rate)
        .key(told("failures",
                  "rate",
                  "Of calls from one address whose token or signature is not known."),
             parsed(
                 [](auto& c) -> auto& { return c.api.failure_rate; }, parse_limit))
        .key(count(
            "samples",
            "That clients are told a dataset may have.",
            1,
            4'000'000'000,
            [](auto& c) -> auto& { return c.api.quota; }))
        .check([](const Section&, const OptionReader&, ServerConfig& config) {
            auto& most = config.http.limits.body_bytes;
            most = std::max(most, config.api.max_file_bytes);
        });
}

// --------------------------------------------------------------------------------------- tokens

/// In place of the digest of a token that could not be read, which is an error by itself.
const std::string stand_in(64, '0');

struct TokenEntry {
    server::GivenToken token{};
    std::vector<std::string> warnings{};
};

using TokenType = MapType<TokenEntry>;

TokenType::Read name_at(std::string server::GivenToken::*member) {
    return [member](const Node& node, const OptionReader& reader, TokenEntry& entry) {
        const auto name = text_of(node, reader);
        if (const auto fault = fault_of_name(name))
            reader.diagnostics.error(
                node.place(), "bad-name", fmt::format("'{}' {}", shown(name), *fault));
        entry.token.*member = name;
    };
}

void read_expiry(const Node& node, const OptionReader& reader, TokenEntry& entry) {
    Timestamp expires{};
    parse_into(node, reader, parse_expiry, expires, "bad-time");
    entry.token.expires_at = expires;
    if (expires < std::chrono::system_clock::now())
        entry.warnings.push_back(fmt::format("the token '{}' has expired", entry.token.name));
}

void read_token_file(const Node& node, const OptionReader& reader, TokenEntry& entry) {
    const auto token = token_in(node, reader, entry.warnings);
    entry.token.sha256 = token.empty() ? stand_in : digest_of_token("the token", token);
}

/// Whether it is a digest at all is said where none is given too.
void check_digest(const Section& section, const OptionReader& reader, TokenEntry& entry) {
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const auto& digest = entry.token.sha256;
    if (digest.size() != 64 || !std::all_of(digest.begin(), digest.end(), is_hex))
        reader.diagnostics.error(section.node().place(),
                                 "bad-token",
                                 "a token needs its 'sha256' or a 'file' that it stands in",
                                 "printf %s TOKEN | sha256sum");
    if (is_digest_of_nothing(digest))
        reader.diagnostics.error(
            section.node().place(),
            "empty-token",
            "this 'sha256' is that of no text, or of blanks and line ends alone",
            "printf %s TOKEN | sha256sum");
}

TokenType token_type() {
    const KeyFault bad_role{.code = "bad-role",
                            .message = "the 'role' of a token is read, write or admin"};
    const KeyFault no_digest{.code = "bad-token",
                             .message = "a token needs its 'sha256' or a 'file' that it stands in",
                             .hint = "printf %s TOKEN | sha256sum"};
    OptionInfo role =
        told("role", "choice", "read looks, write makes and deletes, admin also hands out tokens.");
    role.choices = {"read", "write", "admin"};
    OptionInfo digest = told("sha256", "text", "SHA-256 of the token, in hex digits.");
    digest.pattern = "^[0-9a-f]{64}$";
    return TokenType("Of a caller.")
        .key(told("name", "text", "By which the log knows it."), name_at(&server::GivenToken::name))
        .key(role,
             [](const Node& node, const OptionReader& reader, TokenEntry& entry) {
                 entry.token.role = text_of(node, reader);
             })
        .some_of({"role"}, bad_role)
        .check([role, bad_role](const Section& section, const OptionReader& reader, TokenEntry& e) {
            if (section.has("role") && std::ranges::count(role.choices, e.token.role) == 0)
                reader.diagnostics.error(section.node().place(), bad_role.code, bad_role.message);
        })
        .key(told("team", "text", "Whose datasets it sees, with those of no team."),
             name_at(&server::GivenToken::team))
        .key(told("expires", "text", "A day, or a time of it."), read_expiry)
        .key(digest,
             [](const Node& node, const OptionReader& reader, TokenEntry& entry) {
                 entry.token.sha256 = text_of(node, reader);
             })
        .key(told("file", "text", "In which the token stands alone."), read_token_file)
        .some_of({"sha256", "file"}, no_digest)
        .check(check_digest);
}

void read_tokens(const Node& node, const OptionReader& reader, ServerConfig& config) {
    if (!node.is_list())
        return reader.diagnostics.error(node.place(), "wrong-type", "'tokens' has to be a list");
    for (const auto& item : node.items()) {
        TokenEntry entry;
        entry.token.role.clear();
        token_type().read(item, {}, reader, entry);
        std::ranges::move(entry.warnings, std::back_inserter(config.warnings));
        config.api.tokens.push_back(std::move(entry.token));
    }
}

std::string ip_address(const std::string& text) {
    if (http::is_ip_address(text)) return text;
    throw ConfigError(fmt::format("'{}' is no IP address", text));
}

/// `here` is the file that is read.
Type settings_type(const std::filesystem::path& here) {
    using server::Durability;
    const ServerConfig defaults;
    return Type("Settings of 'trommel serve'.")
        .key(told("listen", "text", "Where the API answers."),
             parsed(
                 [](auto& c) -> auto& { return c.listen; }, parse_listen, "bad-address"))
        .by_default(fmt::format("{}:{}", defaults.listen.address, defaults.listen.port))
        .key(platform_type(here).info().as("platform", platform_type(here).info().help),
             [here](const Node& node, const OptionReader& reader, ServerConfig& config) {
                 config.upstream = upstream_options();
                 platform_type(here).read(node, {}, reader, config);
             })
        .key(file(
            "data", "Where platform.db, images and embeddings are kept.", [](auto& c) -> auto& {
                return c.data;
            }))
        .key(told("public_url", "text", "How clients reach the server if not at 'listen'."),
             parsed(
                 [](auto& c) -> auto& { return c.api.public_url; }, bare_url))
        .key(texts(
            "hosts",
            "Names under which a server without a token answers too.",
            [](auto& c) -> auto& { return c.api.hosts; },
            checked_host))
        .key(texts(
            "origins",
            "Web pages of other sites that may call.",
            [](auto& c) -> auto& { return c.api.origins; },
            bare_url))
        .key(told("url_lifetime", "duration", "How long a signed URL is good: 1s to 7d."),
             read_lifetime)
        .positive()
        .by_default(to_text(defaults.api.url_lifetime))
        .key(told("log_calls", "boolean", "Whether each call is a line in the log."),
             read_log_calls)
        .by_default("false")
        .map("log", log_type())
        .map("audit", audit_type())
        .key(choice(
            "durability",
            "What of an acknowledged change survives a power failure: full, all of it; "
            "normal, all but that of the last moments.",
            Choices<Durability>{{"full", Durability::full}, {"normal", Durability::normal}},
            [](auto& c) -> auto& { return c.api.durability; }))
        .key(choice(
            "metrics",
            "Who may read /metrics: callers with a token, or everybody.",
            Choices<bool>{{"token", false}, {"public", true}},
            [](auto& c) -> auto& { return c.api.metrics_are_public; }))
        .key(texts(
            "trusted_proxies",
            "Whose X-Forwarded-For says who asks.",
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
        .key(many_of("list", token_type().info()).as("tokens", "Who may do what."), read_tokens);
}

[[noreturn]] void refuse_listen(const std::string& text) {
    throw ConfigError(fmt::format(
        "'{}' is no address to listen at; write 127.0.0.1:8765, or [::1]:8765, or 0.0.0.0:8765",
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
