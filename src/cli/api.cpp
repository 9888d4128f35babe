#include "cli/api.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/refusal.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::cli {

Api::Api(asio::io_context& loop, ServerConfig config, unsigned threads)
    : loop_(loop), config_(std::move(config)), cpu_(threads) {
    const auto folder = config_.data / "server";
    make_folder(folder);
    open(folder);
    try {
        refuse_strangers();
        config_.http.address = config_.listen.address;
        config_.http.port = config_.listen.port;
        config_.http.refusal = server::refusal;
        http_ = std::make_unique<http::Server>(loop.get_executor(), config_.http, *server_);
        config_.listen.port = http_->port();
    } catch (...) {
        close();
        throw;
    }
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

void Api::open(const std::filesystem::path& folder) {
    try {
        auto store = open_platform(folder);
        auto options = config_.api;
        options.folder = folder;
        options.scheme = config_.http.tls ? "https" : "http";
        add_own_names(options.hosts);
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

void Api::add_own_names(std::vector<std::string>& hosts) const {
    hosts.push_back(config_.listen.address);
    if (!is_loopback(config_.listen)) return;
    for (const auto* name : {"localhost", "127.0.0.1", "::1"}) hosts.emplace_back(name);
}

void Api::refuse_strangers() const {
    if (is_loopback(config_.listen) || server_->asks_for_tokens()) return;
    throw ConfigError(
        fmt::format("{} can be reached from other machines, and the server asks for no token; give "
                    "it one with --token or in its configuration, or listen at 127.0.0.1",
                    config_.listen.address));
}

std::string Api::url() const { return to_url(config_.listen, config_.http.tls.has_value()); }

}  // namespace trommel::cli
