// Who may call the server: the tokens of server.yaml.

#include "cli/settings/token_settings.hpp"

#include "cli/settings/access_settings.hpp"
#include "cli/settings/server_keys.hpp"
#include "trommel/core/credential.hpp"
#include "trommel/core/name.hpp"

#include <algorithm>
#include <iterator>

namespace trommel::cli {
namespace {

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
                                 "a token needs its 'sha256' or a 'file' that holds it",
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
                             .message = "a token needs its 'sha256' or a 'file' that holds it",
                             .hint = "printf %s TOKEN | sha256sum"};
    OptionInfo role =
        told("role", "choice", "read: look; write: make and delete; admin: also manage tokens.");
    role.choices = {"read", "write", "admin"};
    OptionInfo digest = told("sha256", "text", "SHA-256 of the token in hex digits.");
    digest.pattern = "^[0-9a-f]{64}$";
    return TokenType("Of a caller.")
        .key(told("name", "text", "Name in the log."), name_at(&server::GivenToken::name))
        .key(role,
             [](const Node& node, const OptionReader& reader, TokenEntry& entry) {
                 entry.token.role = text_of(node, reader);
             })
        .some_of({"role"}, bad_role)
        .check([role, bad_role](const Section& section, const OptionReader& reader, TokenEntry& e) {
            if (section.has("role") && std::ranges::count(role.choices, e.token.role) == 0)
                reader.diagnostics.error(section.node().place(), bad_role.code, bad_role.message);
        })
        .key(told("team", "text", "Team whose datasets it sees, besides those without a team."),
             name_at(&server::GivenToken::team))
        .key(told("expires", "text", "Day or time at which it expires."), read_expiry)
        .key(digest,
             [](const Node& node, const OptionReader& reader, TokenEntry& entry) {
                 entry.token.sha256 = text_of(node, reader);
             })
        .key(told("file", "text", "File that holds only the token."), read_token_file)
        .some_of({"sha256", "file"}, no_digest)
        .check(check_digest);
}

}  // namespace

OptionInfo token_info() { return token_type().info(); }

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

}  // namespace trommel::cli
