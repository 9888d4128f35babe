#include "cli/server_config.hpp"

#include "cli/access_settings.hpp"
#include "trommel/core/credential.hpp"
#include "trommel/core/name.hpp"
#include "trommel/core/secret_file.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace trommel::cli {
namespace {

/// Reads the keys of maps, each by its own function.
class Reader {
public:
    explicit Reader(const std::filesystem::path& file)
        : source_(load_source(file)), file_(file), folder_(file.parent_path()) {}

    ServerConfig read() {
        const auto root = parse_yaml(source_, diagnostics_);
        if (root) read_root(*root);
        diagnostics_.throw_if_errors(source_);
        return std::move(config_);
    }

private:
    using Keys = std::map<std::string, std::function<void(const Node&)>, std::less<>>;

    void read_map(const Node& node, const Keys& keys) {
        if (!node.is_map() && !node.is_null())
            return diagnostics_.error(
                node.place(), "wrong-type", fmt::format("{} is no map of keys", describe(node)));
        std::vector<std::string> names;
        for (const auto& [name, ignored] : keys) names.push_back(name);
        for (const auto& entry : node.entries()) {
            const auto key = keys.find(entry.key);
            if (key != keys.end())
                key->second(entry.value);
            else
                diagnostics_.error(entry.key_place,
                                   "unknown-key",
                                   fmt::format("'{}' is no key here", entry.key),
                                   did_you_mean(entry.key, names));
        }
    }

    void read_root(const Node& root) {
        read_map(root,
                 {{"listen", [this](const Node& node) { read_listen(node); }},
                  {"platform", [this](const Node& node) { read_platform(node); }},
                  {"data", [this](const Node& node) { config_.data = folder_ / text(node); }},
                  {"public_url",
                   [this](const Node& node) { read(node, bare_url, config_.api.public_url); }},
                  {"hosts",
                   [this](const Node& node) { read_list(node, checked_host, config_.api.hosts); }},
                  {"origins",
                   [this](const Node& node) { read_list(node, bare_url, config_.api.origins); }},
                  {"url_lifetime", [this](const Node& node) { read_lifetime(node); }},
                  {"log_calls", [this](const Node& node) { config_.log_calls = truth(node); }},
                  {"log", [this](const Node& node) { read_log(node); }},
                  {"audit", [this](const Node& node) { read_audit(node); }},
                  {"durability", [this](const Node& node) { read_durability(node); }},
                  {"metrics", [this](const Node& node) { read_metrics(node); }},
                  {"trusted_proxies", [this](const Node& node) { read_proxies(node); }},
                  {"tls", [this](const Node& node) { read_tls(node); }},
                  {"limits", [this](const Node& node) { read_limits(node); }},
                  {"tokens", [this](const Node& node) { read_tokens(node); }}});
    }

    void read_listen(const Node& node) { read(node, parse_listen, config_.listen, "bad-address"); }

    /// A text by a function that says what is wrong with it.
    template <typename Parse, typename Value>
    void read(const Node& node, Parse parse, Value& value, const char* code = "bad-value") {
        try {
            value = parse(text(node));
        } catch (const ConfigError& error) {
            diagnostics_.error(node.place(), code, error.what());
        }
    }

    template <typename Parse>
    void read_list(const Node& node, Parse parse, std::vector<std::string>& values) {
        if (!node.is_list())
            return diagnostics_.error(node.place(), "wrong-type", "this has to be a list");
        for (const auto& item : node.items()) read(item, parse, values.emplace_back());
    }

    /// A client that waits no longer than those who wait for it.
    void read_platform(const Node& node) {
        LightlyOptions upstream;
        upstream.url.clear();
        upstream.retry = {.attempts = 3,
                          .base = std::chrono::milliseconds(100),
                          .max = std::chrono::milliseconds(1000)};
        upstream.deadline = std::chrono::seconds(10);
        upstream.http.connect = std::chrono::seconds(5);
        set_idle(upstream, std::chrono::seconds(30));
        upstream.http.connections = 64;
        read_map(node,
                 {{"url", [&](const Node& value) { upstream.url = text(value); }},
                  {"token", [&](const Node& value) { upstream.token = token_here(value); }},
                  {"token_file", [&](const Node& value) { upstream.token = secret_in(value); }},
                  {"connect", [&](const Node& value) { upstream.http.connect = wait(value); }},
                  {"idle", [&](const Node& value) { set_idle(upstream, wait(value)); }},
                  {"ca_file", [&](const Node& value) {
                       upstream.http.ca_file = (folder_ / text(value)).string();
                   }}});
        if (upstream.url.empty())
            diagnostics_.error(node.place(),
                               "missing-key",
                               "platform needs the 'url' of the server that is to be served; "
                               "without 'platform' one is kept here");
        config_.upstream = std::move(upstream);
    }

    /// How long the other server may say nothing, or take nothing, in the middle of a call.
    static void set_idle(LightlyOptions& upstream, std::chrono::milliseconds idle) {
        upstream.http.answer = idle;
        upstream.http.body = idle;
        upstream.http.write = idle;
    }

    std::chrono::milliseconds wait(const Node& node) {
        const auto duration = parse_duration(text(node));
        if (duration && *duration > std::chrono::milliseconds(0)) return *duration;
        diagnostics_.error(node.place(),
                           "bad-duration",
                           duration ? "give it some time, as 30s" : duration.problem());
        return std::chrono::seconds(1);
    }

    void read_log(const Node& node) {
        auto& log = config_.log;
        read_map(node,
                 {{"file", [&](const Node& value) { log.file = folder_ / text(value); }},
                  {"format",
                   [&](const Node& value) {
                       log.is_json = one_of(value, {"text", "json"}) == 1;
                   }},
                  {"level",
                   [&](const Node& value) {
                       if (const auto level = server::parse_log_level(text(value)))
                           log.level = *level;
                       else
                           one_of(value, {"debug", "info", "warning", "error"});
                   }},
                  {"max_size", [&](const Node& value) { bytes(value, log.max_size); }},
                  {"keep", [&](const Node& value) { log.keep = files(value); }}});
    }

    void read_audit(const Node& node) {
        auto& audit = config_.api.audit;
        read_map(node,
                 {{"file", [&](const Node& value) { audit.file = folder_ / text(value); }},
                  {"max_size", [&](const Node& value) { bytes(value, audit.max_size); }},
                  {"keep", [&](const Node& value) { audit.keep = files(value); }}});
    }

    void read_metrics(const Node& node) {
        config_.api.metrics_are_public = one_of(node, {"token", "public"}) == 1;
    }

    void read_durability(const Node& node) {
        config_.api.durability = one_of(node, {"full", "normal"}) == 1 ? server::Durability::normal
                                                                       : server::Durability::full;
    }

    unsigned files(const Node& node) { return static_cast<unsigned>(whole(node, 0, 1000)); }

    /// Which of the words it is; the first where it is none.
    std::size_t one_of(const Node& node, const std::vector<std::string>& words) {
        const auto found = std::ranges::find(words, text(node));
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
        diagnostics_.error(node.place(),
                           "wrong-value",
                           fmt::format("this is one of {}", fmt::join(words, ", ")),
                           did_you_mean(text(node), words));
        return 0;
    }

    void read_lifetime(const Node& node) {
        const auto duration = parse_duration(text(node));
        if (!duration) return diagnostics_.error(node.place(), "bad-duration", duration.problem());
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*duration);
        if (seconds.count() < 1 || seconds > server::longest_url_lifetime)
            return diagnostics_.error(
                node.place(), "bad-duration", "a URL is good for 1s at least and for 7d at most");
        config_.api.url_lifetime = seconds;
    }

    void read_tls(const Node& node) {
        http::TlsFiles files;
        read_map(
            node,
            {{"certificate",
              [&](const Node& value) { files.certificate = (folder_ / text(value)).string(); }},
             {"key", [&](const Node& value) {
                  files.key = (folder_ / text(value)).string();
                  check_secret_file(value, files.key);
              }}});
        if (files.certificate.empty() || files.key.empty())
            diagnostics_.error(node.place(), "missing-key", "tls needs 'certificate' and 'key'");
        config_.http.tls = files;
    }

    void read_proxies(const Node& node) {
        if (!node.is_list())
            return diagnostics_.error(
                node.place(), "wrong-type", "'trusted_proxies' has to be a list of IP addresses");
        for (const auto& item : node.items()) {
            const auto proxy = text(item);
            if (http::is_ip_address(proxy))
                config_.http.trusted_proxies.push_back(proxy);
            else
                diagnostics_.error(
                    item.place(), "bad-address", fmt::format("'{}' is no IP address", proxy));
        }
    }

    void read_limits(const Node& node) {
        auto& limits = config_.http.limits;
        read_map(node,
                 {{"body", [&](const Node& value) { bytes(value, config_.api.max_body_bytes); }},
                  {"file", [&](const Node& value) { bytes(value, config_.api.max_file_bytes); }},
                  {"connections",
                   [&](const Node& value) { limits.connections = whole(value, 1, 1'000'000); }},
                  {"connections_per_address",
                   [&](const Node& value) {
                       limits.connections_per_address = whole(value, 1, 1'000'000);
                   }},
                  {"memory", [&](const Node& value) { bytes(value, limits.memory); }},
                  {"rate", [&](const Node& value) { read_rate(value); }},
                  {"failures",
                   [&](const Node& value) { read(value, parse_limit, config_.api.failure_rate); }},
                  {"samples", [&](const Node& value) {
                       config_.api.quota = whole(value, 1, 4'000'000'000);
                   }}});
        limits.body_bytes = std::max(limits.body_bytes, config_.api.max_file_bytes);
    }

    /// As often may a token call, and an address.
    void read_rate(const Node& node) {
        read(node, parse_limit, config_.api.token_rate);
        config_.api.address_rate = config_.api.token_rate;
    }

    void read_tokens(const Node& node) {
        if (!node.is_list())
            return diagnostics_.error(node.place(), "wrong-type", "'tokens' has to be a list");
        for (const auto& item : node.items()) read_token(item);
    }

    void read_token(const Node& node) {
        server::GivenToken token;
        token.role.clear();
        read_map(node,
                 {{"name", [&](const Node& value) { token.name = name(value); }},
                  {"role", [&](const Node& value) { token.role = text(value); }},
                  {"team", [&](const Node& value) { token.team = name(value); }},
                  {"expires", [&](const Node& value) { read_expiry(value, token); }},
                  {"sha256", [&](const Node& value) { token.sha256 = text(value); }},
                  {"file", [&](const Node& value) { token.sha256 = digest_of_file(value); }}});
        const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
        if (token.sha256.size() != 64 ||
            !std::all_of(token.sha256.begin(), token.sha256.end(), is_hex))
            diagnostics_.error(node.place(),
                               "bad-token",
                               "a token needs its 'sha256' or a 'file' that it stands in",
                               "printf %s TOKEN | sha256sum");
        if (is_digest_of_nothing(token.sha256))
            diagnostics_.error(node.place(),
                               "empty-token",
                               "this 'sha256' is that of no text, or of blanks and line ends alone",
                               "printf %s TOKEN | sha256sum");
        if (token.role != "read" && token.role != "write" && token.role != "admin")
            diagnostics_.error(
                node.place(), "bad-role", "the 'role' of a token is read, write or admin");
        config_.api.tokens.push_back(std::move(token));
    }

    void read_expiry(const Node& node, server::GivenToken& token) {
        Timestamp expires{};
        read(node, parse_expiry, expires, "bad-time");
        token.expires_at = expires;
        if (expires < std::chrono::system_clock::now())
            config_.warnings.push_back(fmt::format("the token '{}' has expired", token.name));
    }

    std::string digest_of_file(const Node& node) {
        const auto token = secret_in(node);
        return token.empty() ? stand_in : digest_of_token("the token", token);
    }

    /// A token that stands alone in a file; empty after an error.
    std::string secret_in(const Node& node) {
        const auto file = folder_ / text(node);
        try {
            auto secret = read_secret_file(file);
            if (secret.warning) config_.warnings.push_back(*secret.warning);
            std::string token(trim(secret.text));
            if (const auto fault = Credential::fault_of(token))
                throw ConfigError(fmt::format("the token in {} {}", file.string(), *fault));
            return token;
        } catch (const ConfigError& error) {
            diagnostics_.error(node.place(), "unreadable-file", error.what());
            return "";
        }
    }

    void check_secret_file(const Node& node, const std::filesystem::path& file) {
        try {
            const auto secret = read_secret_file(file);
            if (secret.warning) config_.warnings.push_back(*secret.warning);
        } catch (const ConfigError& error) {
            diagnostics_.error(node.place(), "unreadable-file", error.what());
        }
    }

    /// A token in this file, which then is a secret itself.
    std::string token_here(const Node& node) {
        check_secret_file(node, file_);
        if (const auto fault = Credential::fault_of(text(node)))
            diagnostics_.error(
                node.place(), "bad-token", fmt::format("the token of the platform {}", *fault));
        return text(node);
    }

    std::string name(const Node& node) {
        if (const auto fault = fault_of_name(text(node)))
            diagnostics_.error(
                node.place(), "bad-name", fmt::format("'{}' {}", shown(text(node)), *fault));
        return text(node);
    }

    std::string text(const Node& node) {
        if (!node.is_scalar())
            diagnostics_.error(
                node.place(), "wrong-type", fmt::format("{} is no text", describe(node)));
        return node.text();
    }

    bool truth(const Node& node) {
        const auto value = scalar_of(node);
        if (const auto* truth = std::get_if<bool>(&value)) return *truth;
        diagnostics_.error(node.place(), "wrong-type", "this has to be true or false");
        return false;
    }

    std::uint64_t whole(const Node& node, std::int64_t least, std::int64_t most) {
        const auto value = scalar_of(node);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number != nullptr && *number >= least && *number <= most)
            return static_cast<std::uint64_t>(*number);
        diagnostics_.error(node.place(),
                           "wrong-type",
                           fmt::format("this has to be a whole number from {} to {}", least, most));
        return static_cast<std::uint64_t>(least);
    }

    void bytes(const Node& node, std::uint64_t& value) {
        const auto read = parse_bytes(text(node));
        if (!read) return diagnostics_.error(node.place(), "bad-size", read.problem());
        value = *read;
    }

    /// In place of the digest of a token that could not be read, which is an error by itself.
    inline static const std::string stand_in = std::string(64, '0');

    SourceText source_;
    std::filesystem::path file_;
    std::filesystem::path folder_;
    Diagnostics diagnostics_;
    ServerConfig config_;
};

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

ServerConfig read_server_config(const std::filesystem::path& file) { return Reader(file).read(); }

}  // namespace trommel::cli
