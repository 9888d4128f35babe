// A request's target, taken apart: `/v1/datasets?pageSize=5`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel::server {

/// Percent escapes read (RFC 3986); broken ones stay as they are. In a query `+` is a blank.
std::string decoded(std::string_view text, bool is_query);
/// What is not a letter, digit or one of -._~ as a percent escape.
std::string encoded(std::string_view text);

class Target {
public:
    explicit Target(std::string_view target);

    /// The decoded parts of the path between slashes, without empty ones at its ends.
    const std::vector<std::string>& segments() const { return segments_; }
    /// As it came, without the query.
    const std::string& path() const { return path_; }
    /// The first value of this name in the query.
    std::optional<std::string> query(std::string_view name) const;
    /// Names and values in their order.
    const std::vector<std::pair<std::string, std::string>>& all_of_query() const { return query_; }

private:
    std::string path_;
    std::vector<std::string> segments_;
    std::vector<std::pair<std::string, std::string>> query_;
};

}  // namespace trommel::server
