// Api: the platform of `trommel serve`, and the server that answers for it.
#pragma once

#include "cli/settings/server_config.hpp"
#include "trommel/core/folder_lock.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/cpu_pool.hpp"
#include "trommel/server/observe/metrics.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/served_store.hpp"

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include <memory>
#include <string>

namespace trommel::cli {

class Api {
public:
    /// Opens `<data>/server/platform.db`, or makes it, or `server.db` beside it for a platform that
    /// is elsewhere, and listens. Throws ConfigError where others than this machine could reach a
    /// server that asks for no token, and Error where another process serves this folder. `threads`
    /// compute; `log` outlives it.
    Api(asio::io_context& loop, ServerConfig config, unsigned threads, server::Log& log);
    ~Api();

    /// Where it answers: `http://127.0.0.1:8765`.
    std::string url() const;

    /// Until drain() has been called and what was under way is answered.
    asio::awaitable<void> run() { return http_->run(); }
    void drain() { http_->drain(); }

    /// Takes over the tokens and certificates of settings that have been read anew. Throws Error
    /// where they cannot be used, and then goes on with those of before.
    asio::awaitable<void> reload(ServerConfig config);

    server::Metrics& metrics() { return server_->metrics(); }

private:
    static std::filesystem::path prepare_folder(const std::filesystem::path& data,
                                                server::Log& log);
    void open(const std::filesystem::path& folder);
    std::unique_ptr<store::ServedStore> open_platform(const std::filesystem::path& folder);
    void close();
    void refuse_strangers() const;
    void probe(server::ServerOptions& options, const std::filesystem::path& database);

    asio::io_context& loop_;
    ServerConfig config_;
    std::filesystem::path folder_;
    FolderLock lock_;
    CpuPool cpu_;
    SystemClock clock_;
    std::unique_ptr<EmbeddedPlatform> embedded_;
    std::unique_ptr<LightlyPlatform> remote_;
    std::unique_ptr<server::Server> server_;
    std::unique_ptr<http::Server> http_;
};

}  // namespace trommel::cli
