// A server of an embedded platform, as a program that can be killed: FOLDER PORT. Prints its port.
#include "trommel/http/server.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

int main(int, char** argv) {
    using namespace trommel;
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder / "server");
    asio::io_context loop(1);
    CpuPool cpu(1);
    EmbeddedPlatform platform(loop.get_executor(), store::open_sqlite(folder / "platform.db"), cpu);
    server::ServerOptions options;
    options.folder = folder / "server";
    server::Server server(
        platform, store::open_served_sqlite(folder / "platform.db"), std::move(options));
    http::ServerOptions sockets;
    sockets.port = static_cast<std::uint16_t>(std::atoi(argv[2]));
    http::Server http(loop.get_executor(), std::move(sockets), server);
    std::printf("%d\n", http.port());
    std::fflush(stdout);
    run(loop, http.run());  // until it is killed
}
