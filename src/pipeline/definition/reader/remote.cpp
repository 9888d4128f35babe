#include "pipeline/definition/reader/remote.hpp"

#include "trommel/core/error.hpp"
#include "trommel/http/url.hpp"

#include <fmt/format.h>

namespace trommel {

void check_url(const Node& node, const std::string& url, Diagnostics& diagnostics) {
    try {
        http::parse_url(url);
    } catch (const Error& error) {
        diagnostics.error(node.place(), "bad-url", error.what());
    }
}

void check_is_secret(const Node& node, std::string_view what, Diagnostics& diagnostics) {
    if (node.is_secret()) return;
    diagnostics.error(node.place(),
                      "exposed-secret",
                      fmt::format("the {} would be seen here", what),
                      "declare it under 'secrets' and write '${secrets.NAME}'");
}

}  // namespace trommel
