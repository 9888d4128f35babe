// trommel_model_server [PORT]: the stand-in model server, for pipelines/model-server.yaml.

#include "stages/stand_in_model_server.hpp"
#include "trommel/core/error.hpp"
#include "trommel/runtime/run.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    try {
        trommel::http::ServerOptions options;
        options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8000);
        trommel::test::StandInModels models;
        asio::io_context loop(1);
        trommel::http::Server server(loop.get_executor(), std::move(options), models);
        std::printf("http://127.0.0.1:%u\n", unsigned{server.port()});
        std::fflush(stdout);
        trommel::run(loop, server.run());
        return 0;
    } catch (const trommel::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
