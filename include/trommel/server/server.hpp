// The server: a platform over HTTP, in the words of Lightly's v1 API, so that Lightly's own clients
// from 1.1 to 1.5 work against it as they are.
#pragma once

#include "trommel/http/message.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/server/observe/metrics.hpp"
#include "trommel/server/options/server_options.hpp"
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
