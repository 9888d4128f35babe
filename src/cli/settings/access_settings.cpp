#include "cli/settings/access_settings.hpp"

#include "trommel/core/credential.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/name.hpp"
#include "trommel/core/text.hpp"
#include "trommel/http/url.hpp"
#include "trommel/pipeline/definition/schedule/instant.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::cli {
namespace {

http::Url parsed(const std::string& url) {
    try {
        return http::parse_url(url);
    } catch (const Error& error) {
        throw ConfigError(error.what());
    }
}

}  // namespace

std::string digest_of_token(std::string_view what, std::string_view token) {
    if (const auto fault = Credential::fault_of(token))
        throw ConfigError(fmt::format("{} {}", what, *fault));
    return sha256(token);
}

std::string bare_url(const std::string& text) {
    const auto url = parsed(text);
    if (url.target != "/" || text.find_first_of("?#") != std::string::npos)
        throw ConfigError(fmt::format(
            "'{}' says more than where the server is; write https://host:port alone", shown(text)));
    return url.origin();
}

std::string checked_host(const std::string& text) {
    const bool is_v6 = std::count(text.begin(), text.end(), ':') > 1 && !text.starts_with('[');
    const auto url = parsed("http://" + (is_v6 ? "[" + text + "]" : text));
    if (url.target != "/" || text.find_first_of("/?#*") != std::string::npos)
        throw ConfigError(
            fmt::format("'{}' is not a host; write trommel.example.org", shown(text)));
    return text;
}

server::Rate parse_limit(const std::string& text) {
    const auto rate = parse_rate(text);
    if (!rate) throw ConfigError(rate.problem());
    const auto at_once = parse_number(trim(text.substr(0, text.find('/'))));
    return {.per_second = *rate, .burst = std::max(1.0, at_once.value_or(1))};
}

Timestamp parse_expiry(const std::string& text) {
    const auto instant = parse_instant(text, TimeZone());
    if (!instant) throw ConfigError(instant.problem());
    return *instant;
}

}  // namespace trommel::cli
