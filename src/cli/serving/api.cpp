#include "cli/serving/api.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/private_files.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/routing/refusal.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace trommel::cli {

Api::Api(asio::io_context& loop, ServerConfig config, unsigned threads, server::Log& log)
    : loop_(loop),
      config_(std::move(config)),
      folder_(prepare_folder(config_.data, log)),
      lock_(folder_),
      cpu_(threads) {
    config_.api.log = &log;
    config_.api.logs_calls = config_.log_calls;
    open(folder_);
    try {
        refuse_strangers();
        config_.http.address = config_.listen.address;
        config_.http.port = config_.listen.port;
        config_.http.refusal = server::refusal;
        http_ = std::make_unique<http::Server>(loop.get_executor(), config_.http, *server_);
        config_.listen.port = http_->port();
        server_->metrics().watch("trommel_http_connections", "Connections that are open", [this] {
            return static_cast<double>(http_->connections());
        });
    } catch (...) {
        close();
        throw;
    }
}

/// Holds secrets, so that it is its owner's alone, whatever made it.
std::filesystem::path Api::prepare_folder(const std::filesystem::path& data, server::Log& log) {
    const auto folder = data / "server";
    make_folder(folder);
    std::vector<std::filesystem::path> all{folder};
    for (const auto* name : {"platform.db", "server.db"})
        for (const auto* suffix : {"", "-wal", "-shm"})
            all.push_back(folder / (std::string(name) + suffix));
    for (const auto& each : all)
        if (!keep_to_owner(each))
            log.write(server::LogLevel::warning,
                      "serve",
                      fmt::format("{} may be read by others and is not this user's; give it to "
                                  "this user: chown",
                                  each.string()));
    return folder;
}

Api::~Api() {
    try {
        close();
    } catch (...) {
        // What was answered is in the database's log already, and the next one to open it goes on.
    }
}

std::unique_ptr<store::ServedStore> Api::open_platform(const std::filesystem::path& folder) {
    if (config_.upstream) {
        remote_ =
            std::make_unique<LightlyPlatform>(loop_.get_executor(), *config_.upstream, clock_);
        return store::open_separate_sqlite(folder / "server.db");
    }
    const auto database = folder / "platform.db";
    embedded_ = std::make_unique<EmbeddedPlatform>(
        loop_.get_executor(), store::open_sqlite(database), cpu_);
    return store::open_served_sqlite(database);
}

/// Who asks whether the server is ready waits no longer than this for another writer.
constexpr auto probe_patience = std::chrono::seconds(2);

void Api::probe(server::ServerOptions& options, const std::filesystem::path& database) {
    options.database = database;
    if (remote_) options.probe_platform = [this] { return remote_->reach(); };
    const store::SqliteOptions patient{.busy_timeout = probe_patience};
    std::shared_ptr<store::ServedStore> store = remote_
                                                    ? store::open_separate_sqlite(database, patient)
                                                    : store::open_served_sqlite(database, patient);
    options.probe_database = [store] {
        const auto now =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        store->put_document({.id = "readiness",
                             .kind = "readiness",
                             .key = "readiness",
                             .created_at = now,
                             .changed_at = now});
    };
}

void Api::open(const std::filesystem::path& folder) {
    try {
        auto store = open_platform(folder);
        auto options = config_.api;
        options.folder = folder;
        options.scheme = config_.http.tls ? "https" : "http";
        options.hosts.push_back(config_.listen.address);
        options.syncs_platform = embedded_ != nullptr;
        probe(options, folder / (remote_ ? "server.db" : "platform.db"));
        Platform& platform = remote_ ? static_cast<Platform&>(*remote_) : *embedded_;
        server_ = std::make_unique<server::Server>(platform, std::move(store), std::move(options));
    } catch (...) {
        close();
        throw;
    }
}

void Api::close() {
    if (embedded_) trommel::run(loop_, embedded_->close());
}

void Api::refuse_strangers() const {
    if (is_loopback(config_.listen) || server_->asks_for_tokens()) return;
    throw ConfigError(
        fmt::format("{} can be reached from other machines, and the server asks for no token; give "
                    "it one with --token or in its configuration, or listen at 127.0.0.1",
                    config_.listen.address));
}

asio::awaitable<void> Api::reload(ServerConfig config) {
    http_->reload_tls();
    server_->give_tokens(config.api.tokens);
    if (remote_ && config.upstream) remote_->use_token(config.upstream->token);
    co_await server_->reopen_audit_log();
}

std::string Api::url() const { return to_url(config_.listen, config_.http.tls.has_value()); }

}  // namespace trommel::cli
