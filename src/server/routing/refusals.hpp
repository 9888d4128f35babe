// Refusals: what a call that failed is answered with.
#pragma once

#include "server/routing/disk_paths.hpp"
#include "server/routing/route.hpp"
#include "trommel/http/message.hpp"

#include <exception>
#include <string>
#include <vector>

namespace trommel::server {

/// Nothing is at this path, or other methods are.
http::Response no_route(const std::string& path, const std::vector<std::string>& methods);

/// Whether the call failed because a disk is full.
bool is_no_space(const std::exception_ptr& failure);

/// What the call is answered with; what is not an error of a call goes on. `is_elsewhere`: the
/// platform is that of another server, whose nonsense is not this one's failure.
http::Response answer_to(const std::exception_ptr& failure,
                         const Codes& codes,
                         const DiskPaths& paths,
                         bool is_elsewhere = false);

}  // namespace trommel::server
