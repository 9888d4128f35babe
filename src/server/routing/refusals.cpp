#include "server/routing/refusals.hpp"

#include "server/routing/answers.hpp"
#include "server/routing/gate.hpp"
#include "server/routing/headers.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/name.hpp"
#include "trommel/core/no_space.hpp"
#include "trommel/http/message_error.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/platform/platform_full.hpp"
#include "trommel/server/routing/refusal.hpp"
#include "trommel/store/store_error.hpp"
#include "trommel/store/store_full.hpp"

#include <fmt/format.h>

namespace trommel::server {

namespace {

/// StoreError and PlatformError have the same reasons under the same names.
template <typename Reason>
http::Response refusal(Reason reason, const Codes& codes, const std::string& what) {
    if (reason == Reason::not_found) return error_answer(404, codes.not_found, what);
    if (reason == Reason::exists) return error_answer(409, codes.exists, what);
    if (reason == Reason::invalid) return error_answer(422, codes.invalid, what);
    if (reason != Reason::unavailable) return error_answer(500, "BAD_REQUEST", what);
    auto response = error_answer(503, "BAD_REQUEST", what);
    response.headers.add("Retry-After", "1");
    return response;
}

http::Response platform_refusal(PlatformError::Reason reason,
                                const Codes& codes,
                                const std::string& what,
                                bool is_elsewhere) {
    // The caller's own token is fine.
    const bool is_denied = reason == PlatformError::Reason::denied;
    const bool is_nonsense = is_elsewhere && reason == PlatformError::Reason::unusable;
    if (is_denied || is_nonsense) return error_answer(502, "BAD_REQUEST", what);
    return refusal(reason, codes, what);
}

http::Response no_space(const std::string& what) { return error_answer(507, "BAD_REQUEST", what); }

const char* code_of(unsigned status) { return status == 413 ? "PAYLOAD_TOO_LARGE" : "BAD_REQUEST"; }

}  // namespace

http::Response no_route(const std::string& path, const std::vector<std::string>& methods) {
    if (methods.empty())
        return error_answer(404, "NOT_FOUND", fmt::format("there is nothing at {}", shown(path)));
    auto response = error_answer(
        405, "BAD_REQUEST", fmt::format("{} takes {}", shown(path), fmt::join(methods, ", ")));
    response.headers.add("Allow", fmt::format("{}", fmt::join(methods, ", ")));
    return response;
}

bool is_no_space(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const PlatformFullError&) {
        return true;
    } catch (const store::StoreFullError&) {
        return true;
    } catch (const NoSpaceError&) {
        return true;
    } catch (...) {
        return false;
    }
}

http::Response answer_to(const std::exception_ptr& failure,
                         const Codes& codes,
                         const DiskPaths& paths,
                         bool is_elsewhere) {
    try {
        std::rethrow_exception(failure);
    } catch (const TooManyCalls& error) {
        auto response = error_answer(error.status(), error.code(), error.what());
        response.headers.add("Retry-After", std::to_string(error.retry_after().count()));
        return response;
    } catch (const ApiError& error) {
        return error_answer(error.status(), error.code(), error.what());
    } catch (const http::MessageError& error) {
        return error_answer(error.status(), code_of(error.status()), error.what());
    } catch (const PlatformFullError& error) {
        return no_space(paths.removed_from(error.what()));
    } catch (const store::StoreFullError& error) {
        return no_space(paths.removed_from(error.what()));
    } catch (const NoSpaceError& error) {
        return no_space(paths.removed_from(error.what()));
    } catch (const PlatformError& error) {
        return platform_refusal(
            error.reason(), codes, paths.removed_from(error.what()), is_elsewhere);
    } catch (const store::StoreError& error) {
        return refusal(error.reason(), codes, paths.removed_from(error.what()));
    }
}

http::Response refusal(unsigned status, const std::string& reason) {
    auto response = error_answer(status, code_of(status), reason);
    add_safe_headers(response);
    return response;
}

}  // namespace trommel::server
