// Api: calls of a Lightly server, tried again where that can help.
#pragma once

#include "trommel/http/client.hpp"
#include "trommel/platform/lightly.hpp"

#include <asio/awaitable.hpp>

#include <functional>
#include <string>
#include <utility>

namespace trommel::lightly {

/// Reads a successful answer's body, from its beginning at each try.
using ReadBody = std::function<asio::awaitable<void>(http::Body&)>;

struct Call {
    std::string method = "GET";
    std::string target{};                   ///< path and query, without the token
    std::function<http::Body()> body{};     ///< made anew for each try; none: no body
    std::string type = "application/json";  ///< of the body
    std::string key{};                      ///< of an effect, for a server that knows keys
    ReadBody read{};                        ///< in place of keeping the text
    bool is_signed = false;  ///< the target is a URL that needs no token, perhaps of another host
};

/// A successful answer.
struct Reply {
    unsigned status = 0;
    http::Headers headers{};
    std::string text{};
    unsigned tries = 1;  ///< more than one: the effect may be older than this answer
};

/// A refusal, with how often the call was made before it came.
class Refused : public PlatformError {
public:
    Refused(Reason reason, const std::string& message, unsigned tries)
        : PlatformError(reason, message), tries_(tries) {}

    unsigned tries() const { return tries_; }
    /// Whether it may be because of an earlier try of the same call, whose answer was lost.
    bool may_be_own(Reason because) const { return tries_ > 1 && reason() == because; }

private:
    unsigned tries_;
};

Call get(std::string target);
/// With a JSON text as its body.
Call post(std::string target, std::string json);

class Api {
public:
    Api(asio::any_io_executor executor, LightlyOptions options, Clock& clock);

    /// Throws PlatformError: Refused, or unavailable when its tries are used up.
    asio::awaitable<Reply> send(Call call);

    void use_token(std::string token) { options_.token = std::move(token); }

    /// Whether the server is trommel's own; asked once.
    asio::awaitable<bool> is_trommel();

private:
    asio::awaitable<Result<Reply>> attempt(const Call& call);
    http::Url url_of(const Call& call) const;
    static http::Request request_of(const Call& call);
    [[noreturn]] void refuse(const Call& call, const Reply& reply) const;
    [[noreturn]] void give_up(const Call& call, const Failure& failure) const;

    LightlyOptions options_;
    http::Url base_;
    Clock& clock_;
    http::Client client_;
    Random random_;
    std::optional<bool> is_trommel_{};
};

}  // namespace trommel::lightly
