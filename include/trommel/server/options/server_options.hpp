// What a server is told: its tokens, its limits, where it keeps what.
#pragma once

#include "trommel/platform/platform.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel::server {

class Log;

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
    std::uint64_t max_body_bytes = std::uint64_t{16}
                                   << 20;  ///< of a JSON body that is not an upload
    std::uint64_t max_file_bytes = std::uint64_t{4} << 30;  ///< of an image or an embedding file
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

}  // namespace trommel::server
