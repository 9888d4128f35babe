// CallWatch: what is said and counted of each call, from its request to the last of its answer.
#pragma once

#include "server/observe/call_metrics.hpp"
#include "server/observe/request_id.hpp"
#include "server/routing/route.hpp"
#include "trommel/http/message.hpp"
#include "trommel/server/observe/log.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>

namespace trommel::server {

/// What is known of a call, more and more while it is answered.
struct CallRecord {
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    std::string id{};
    std::string method{};
    std::string path{};  ///< without the query, which may hold a token
    std::string peer{};
    const Route* route = nullptr;  ///< null until one is found
    std::string dataset{};         ///< its id, where the path names one
    std::string token{};           ///< its id; empty: given by the configuration, or none
    std::string token_name{};      ///< empty: no token, or none that is known
    std::string failure{};         ///< why the answer is a 5xx
};

class CallWatch {
public:
    /// All outlive it and the answers; `log` may be null. Calls that end well or by the caller's
    /// fault are logged where `logs_calls` says so, those that fail always.
    CallWatch(CallMetrics& metrics, Log* log, bool logs_calls);

    CallRecord begin(const http::Request& request, std::string path);

    /// The answer with the call's id. A stream is watched until it has ended or is given up.
    http::Response end(CallRecord&& record, http::Response&& response);

    /// The answer to a call that met what no call expects. What ends the connection goes on from
    /// here: it is lost, or the server ends.
    http::Response fail(CallRecord&& record, const std::exception_ptr& failure);

    /// The last that is heard of a call.
    void close(const CallRecord& record, unsigned status, std::uint64_t bytes) noexcept;

private:
    void log(const CallRecord& record, unsigned status, double seconds, std::uint64_t bytes);

    CallMetrics& metrics_;
    Log* log_;
    bool logs_calls_;
    RequestIds ids_;
};

}  // namespace trommel::server
