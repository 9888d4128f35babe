// Services: what the calls of the API work on.
#pragma once

#include "server/access/signed_urls.hpp"
#include "server/access/teams.hpp"
#include "server/access/tokens.hpp"
#include "server/access/vault.hpp"
#include "server/kept/files.hpp"
#include "server/kept/records.hpp"
#include "server/kept/shared.hpp"
#include "server/routing/disk_paths.hpp"
#include "server/wire/now.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/runtime/keyed_lock.hpp"
#include "trommel/server/options/server_options.hpp"

#include <functional>
#include <string>
#include <vector>

namespace trommel::server {

class Observation;
class Router;

/// What answers share that are fetched at the same time.
struct SharedValues {
    Shared<std::vector<double>> score_values{};
    Shared<std::vector<Pick>> picks{};
};

/// All of it lives as long as the server.
struct Services {
    Platform& platform;
    Records& records;
    Files& files;
    KeyedLock& locks;
    SharedValues& shared;
    Tokens& tokens;
    Teams& teams;
    const SignedUrls& urls;
    const Vault& vault;
    const DiskPaths& paths;
    const ServerOptions& options;
    const Router& router;
    Observation& observation;
};

}  // namespace trommel::server
