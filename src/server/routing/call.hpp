// Call: a request that has found its route, and what the route needs to answer it.
#pragma once

#include "server/access/caller.hpp"
#include "server/routing/target.hpp"
#include "server/wire/agent.hpp"
#include "trommel/http/message.hpp"
#include "trommel/platform/platform.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel::server {

struct Services;

/// Which part of a list is asked for: `count` items after the first `first` ones.
struct Page {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// What is left of a page in a list of `size` items.
Page within(Page page, std::size_t size);

struct Call {
    http::Request& request;
    const Target& target;
    Services& services;
    std::vector<std::pair<std::string, std::string>> parameters{};  ///< of the path
    Caller caller{};
    boost::json::value json{};  ///< the body, where it is read

    bool has_parameter(std::string_view name) const;
    /// The value of a parameter of the path.
    const std::string& parameter(std::string_view name) const;
    DatasetId dataset() const { return DatasetId(parameter("datasetId")); }
    TagId tag() const { return TagId(parameter("tagId")); }
    EmbeddingId embedding() const { return EmbeddingId(parameter("embeddingId")); }

    std::optional<std::string> query(std::string_view name) const { return target.query(name); }
    /// True or true in the query; clients differ in that.
    bool flag(std::string_view name) const;
    /// All, unless the query says `pageSize` and `pageOffset`, an offset in items.
    Page page() const;
    std::string_view header(std::string_view name) const { return request.headers.get(name); }
    Agent agent() const { return parse_agent(header("User-Agent")); }

    /// A member of the body that is text; empty if it is not there.
    std::string text(std::string_view name) const;
};

}  // namespace trommel::server
