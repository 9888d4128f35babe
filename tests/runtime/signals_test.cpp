#include "trommel/runtime/signals.hpp"

#include "support/run.hpp"

#include <catch2/catch.hpp>

#include <csignal>

namespace trommel {
namespace {

TEST_CASE("a signal to end waits until it is asked for", "[runtime]") {
    asio::io_context loop(1);
    StopSignals interrupts(loop.get_executor());

    std::raise(SIGTERM);
    std::raise(SIGINT);

    CHECK(run(loop, interrupts.next()) == SIGTERM);
    CHECK(run(loop, interrupts.next()) == SIGINT);
}

}  // namespace
}  // namespace trommel
