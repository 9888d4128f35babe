#include "server/resources/administration/kept_secrets.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace trommel::server {

namespace {

using boost::json::value;

constexpr std::string_view hidden = "********";

/// What of Lightly's datasources lets nobody in.
constexpr std::array<std::string_view, 12> plain_members{"type",
                                                         "purpose",
                                                         "fullPath",
                                                         "thumbSuffix",
                                                         "s3Region",
                                                         "s3ServerSideEncryptionKMSKey",
                                                         "s3ARN",
                                                         "s3ExternalId",
                                                         "gcsProjectId",
                                                         "accountName",
                                                         "obsEndpoint",
                                                         "id"};

/// Of a name in lower case without signs between words.
constexpr std::array<std::string_view, 14> telling_words{"secret",
                                                         "token",
                                                         "password",
                                                         "passwd",
                                                         "passphrase",
                                                         "credential",
                                                         "accesskey",
                                                         "accountkey",
                                                         "apikey",
                                                         "privatekey",
                                                         "connectionstring",
                                                         "authorization",
                                                         "signature",
                                                         "webhook"};

bool is_telling(std::string_view name) {
    std::string plain;
    for (const char c : name)
        if (c != '_' && c != '-' && c != ' ')
            plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return std::any_of(telling_words.begin(), telling_words.end(), [&](auto word) {
        return plain.find(word) != std::string::npos;
    });
}

/// Without user, password and query of a URL.
std::string plain_text(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return std::string(text);
    std::string url(text);
    const auto begin = scheme + 3;
    if (const auto query = url.find('?', begin); query != std::string::npos)
        url.replace(query + 1, std::string::npos, hidden);
    const auto at = url.find('@', begin);
    if (at < url.find('/', begin)) url.replace(begin, at - begin, hidden);
    return url;
}

bool is_hidden(const value& value) {
    return value.is_string() && std::string_view(value.get_string()) == hidden;
}

/// What a name that tells keeps from being shown.
bool can_be_secret(const value& value) {
    return value.is_string() || value.is_object() || value.is_array();
}

value shown_value(const value& body) {
    if (body.is_string()) return value(plain_text(body.get_string()));
    if (body.is_array()) {
        boost::json::array items;
        for (const auto& item : body.get_array()) items.push_back(shown_value(item));
        return items;
    }
    if (!body.is_object()) return body;
    boost::json::object members;
    for (const auto& [name, member] : body.get_object())
        members[name] =
            can_be_secret(member) && is_telling(name) ? value(hidden) : shown_value(member);
    return members;
}

std::string place_of(const store::Document& document) {
    return fmt::format("{}\n{}\n{}",
                       document.kind,
                       document.dataset ? document.dataset->text() : "",
                       document.key);
}

bool can_be_opened(const Vault& vault, const store::Document& document) {
    try {
        vault.open(document.body, place_of(document));
        return true;
    } catch (const ApiError&) {
        return false;
    }
}

}  // namespace

store::Document sealed(const Vault& vault, store::Document document) {
    document.body = vault.seal(document.body, place_of(document));
    return document;
}

value opened(const Vault& vault, const store::Document& document) {
    return boost::json::parse(vault.open(document.body, place_of(document)));
}

void seal_kept_secrets(store::ServedStore& store,
                       const Vault& vault,
                       const std::function<void(const std::string&)>& warn) {
    for (const auto* kind : {datasource_kind, worker_config_kind}) {
        std::size_t closed = 0;
        for (auto& each : store.documents({.kind = kind, .dataset = {}, .owner = {}})) {
            if (!Vault::is_sealed(each.body)) {
                store.put_document(sealed(vault, std::move(each)));
            } else if (!can_be_opened(vault, each)) {
                ++closed;
            }
        }
        if (closed > 0 && warn)
            warn(
                fmt::format("{} documents of the kind '{}' were encrypted with another secret than "
                            "the server has now; bring back the file 'secret' of that time, or "
                            "send them anew",
                            closed,
                            kind));
    }
}

value shown_datasource(const value& body) {
    if (!body.is_object()) return value(hidden);
    boost::json::object members;
    for (const auto& [name, member] : body.get_object()) {
        const bool is_plain =
            std::find(plain_members.begin(), plain_members.end(), name) != plain_members.end();
        members[name] = !is_plain && can_be_secret(member) ? value(hidden) : shown_value(member);
    }
    return members;
}

value shown_config(const value& body) { return shown_value(body); }

value with_secrets_of(value body, const value& before) {
    if (!body.is_object()) return body;
    for (auto& [name, member] : body.get_object()) {
        const auto* known = find_member(before, name);
        if (is_hidden(member) && (known == nullptr || is_hidden(*known)))
            throw ApiError(422,
                           "MALFORMED_REQUEST",
                           fmt::format("'{}' is masked, and none is kept that it could mean; "
                                       "send the value itself",
                                       std::string_view(name)));
        if (is_hidden(member))
            member = *known;
        else if (known != nullptr)
            member = with_secrets_of(std::move(member), *known);
    }
    return body;
}

}  // namespace trommel::server
