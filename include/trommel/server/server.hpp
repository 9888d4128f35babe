// The server: a platform over HTTP, in the words of Lightly's v1 API, so that Lightly's own clients
// from 1.1 to 1.5 work against it as they are.
#pragma once

#include "trommel/http/message.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/server/log.hpp"
#include "trommel/server/metrics.hpp"
#include "trommel/store/served_store.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel::server {

/// No signed URL is good for longer.
inline constexpr std::chrono::hours longest_url_lifetime{24 * 7};

/// A token that the server knows from its start.
struct GivenToken {
    std::string name{};
    std::string sha256{};        ///< of the token, as 64 hex digits
    std::string role = "admin";  ///< or `read`, `write`
    std::string team{};          ///< whose datasets it sees, with those of no team; admins see all
    std::optional<Timestamp> expires_at{};
};

/// At most `burst` at once, which fill up again by `per_second`; 0 of them: no limit.
struct Rate {
    double per_second = 0;
    double burst = 0;
    bool spares_own_machine = false;  ///< does not count what this machine itself asks
};

/// Where it is written down who changed what.
struct AuditOptions {
    std::filesystem::path file{};                      ///< empty: `audit.jsonl` in the folder
    std::uint64_t max_size = std::uint64_t{64} << 20;  ///< it is then put aside
    unsigned keep = 20;                                ///< how many that were put aside
};

/// What of an acknowledged change survives a power failure. A crash of the server loses none.
enum class Durability {
    full,    ///< every one: an answer waits until the disk has it, together with other answers
    normal,  ///< all but those of the last moments
};

struct ServerOptions {
    std::filesystem::path folder{};    ///< for images, embedding files and the server's secret
    std::string public_url{};          ///< before signed URLs; empty: as the request was sent to
    std::string scheme = "http";       ///< for signed URLs without a public_url
    std::vector<GivenToken> tokens{};  ///< none here and none made before: everybody is admin
    /// Names and addresses under which a server without a token answers.
    std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
    std::vector<std::string> origins{};  ///< of other sites whose pages may call
    /// Of signed URLs, at most seven days.
    std::chrono::seconds url_lifetime = std::chrono::hours(24);
    Rate token_rate{50'000, 50'000};          ///< of calls by one token
    Rate address_rate{50'000, 50'000, true};  ///< of calls from one address
    Rate failure_rate{10, 600, true};         ///< of those by a token that is not known
    std::uint64_t quota = 1'000'000'000;      ///< samples a dataset, as clients are told
    std::uint64_t max_body_bytes = std::uint64_t{16} << 20;  ///< of a JSON body that is no upload
    std::uint64_t max_file_bytes = std::uint64_t{4} << 30;   ///< of an image or an embedding file
    Log* log = nullptr;       ///< outlives the server; none: nothing is said
    bool logs_calls = false;  ///< a line for every call, not only for one that fails
    AuditOptions audit{};
    Durability durability = Durability::full;
    bool syncs_platform = true;        ///< false where what the platform keeps is not on this disk
    bool metrics_are_public = false;   ///< `/metrics` asks for no token
    std::filesystem::path database{};  ///< whose size is measured
    std::function<void()>
        probe_database{};  ///< called where it may block; throws if it is unusable
    std::function<asio::awaitable<void>()> probe_platform{};  ///< throws Error if it is lost
};

/// Answers the calls of Lightly's clients over a platform, and keeps in `store` what they say
/// beyond it: details of samples, metadata, predictions. `store` is open on the database of the
/// platform where that is embedded, else on one of its own.
///
/// What the platform cannot do for now is answered with 503, what it does not let this server do
/// with 502.
///
/// One loop only; the platform and the server live until every answer has been sent.
class Server final : public http::Handler {
public:
    /// Blocks for the time that the secret and the tokens take to read. Throws Error.
    Server(Platform& platform, std::unique_ptr<store::ServedStore> store, ServerOptions options);
    ~Server() override;

    asio::awaitable<http::Response> answer(http::Request request) override;
    /// Whether it has a token that is one of here.
    bool knows(const http::Request& request) const override;

    /// In place of the tokens that were given before; those made by calls stay. Throws ConfigError,
    /// and changes nothing, where one cannot be used or none would be left.
    void give_tokens(const std::vector<GivenToken>& tokens);

    /// Opens the audit log anew, which somebody else may have put aside.
    asio::awaitable<void> reopen_audit_log();

    Metrics& metrics();

    /// False until there is a token: then everybody may do everything.
    bool asks_for_tokens() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace trommel::server
