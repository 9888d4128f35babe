// What `trommel serve` is told about its API: config/server.yaml and the command line.
#pragma once

#include "trommel/http/server.hpp"
#include "trommel/pipeline/stage/options.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/server/observe/log.hpp"
#include "trommel/server/options/server_options.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trommel::cli {

/// An address and a port of this machine.
struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8765;
};

/// `127.0.0.1:8765`, `[::1]:8765`, `localhost:8765`, or only a port. Throws ConfigError.
Listen parse_listen(const std::string& text);
/// Whether only this machine can reach it.
bool is_loopback(const Listen& listen);
/// `http://127.0.0.1:8765`.
std::string to_url(const Listen& listen, bool is_tls);

struct ServerConfig {
    Listen listen{};
    std::optional<LightlyOptions>
        upstream{};                ///< of the platform that is served; none: one of here
    std::filesystem::path data{};  ///< empty: the folder of the call
    server::ServerOptions api{};
    http::ServerOptions http{};
    server::LogOptions log{};
    bool log_calls = false;
    std::vector<std::string> warnings{};  ///< of what works, and is to be mended all the same
};

/// Reads the file, complaining of all that is wrong in it at once. Throws ConfigError.
ServerConfig read_server_config(const std::filesystem::path& file);

/// What may appear in the file.
OptionInfo server_info();

}  // namespace trommel::cli
