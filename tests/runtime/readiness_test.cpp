// Programs and sockets on one loop: what happens to a descriptor never wakes who waits for another.

#include "support/run.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/process.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read.hpp>
#include <asio/this_coro.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>
#include <unistd.h>

#include <array>
#include <chrono>
#include <deque>
#include <string>
#include <vector>

namespace trommel {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using Descriptor = asio::posix::stream_descriptor;

/// Pipes that all have something to read.
class ReadyPipes {
public:
    ReadyPipes(asio::io_context& loop, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            std::array<int, 2> ends{};
            REQUIRE(::pipe(ends.data()) == 0);
            readers_.emplace_back(loop, ends[0]);
            writers_.push_back(ends[1]);
        }
        for (const int writer : writers_) REQUIRE(::write(writer, "x", 1) == 1);
    }
    ReadyPipes(const ReadyPipes&) = delete;
    ReadyPipes& operator=(const ReadyPipes&) = delete;
    ~ReadyPipes() {
        for (const int writer : writers_) ::close(writer);
    }

    Descriptor& first() { return readers_.front(); }
    /// All but the first.
    void close_others() {
        for (std::size_t i = 1; i < readers_.size(); ++i) readers_[i].close();
    }

private:
    std::deque<Descriptor> readers_;
    std::vector<int> writers_;
};

asio::awaitable<void> write_much(Process& process) {
    (void)co_await process.write(std::string(200'000, 'x'));
}

}  // namespace

TEST_CASE("a program is not taken for ended because a closed pipe was ready", "[runtime]") {
    asio::io_context loop(1);
    ReadyPipes pipes(loop, 9);
    ExitStatus status;
    std::string counted;
    const ProcessTalk feed = write_much;
    const ProcessTalk consume = [&](Process& process) -> asio::awaitable<void> {
        auto line = co_await process.read_line();
        counted = line.value_or("");
    };
    const auto work = [&]() -> asio::awaitable<void> {
        // Its turn comes first. The others are ready too, and their descriptors' numbers, and what
        // the reactor keeps of them, go to the program's pidfd and pipes.
        co_await pipes.first().async_wait(Descriptor::wait_read, asio::use_awaitable);
        pipes.close_others();
        ProcessSpec spec{.argv = {"sh", "-c", "sleep 0.2; wc -c; echo so >&2; exit 7"}};
        status = co_await run_process(std::move(spec), feed, consume);
    };

    run(loop, work());

    CHECK(to_text(status) == "exited with code 7: so");
    CHECK(counted == "200000");
}

namespace {

/// What goes wrong while programs and connections share a loop, and how much of both there was.
struct Tally {
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + 3s;
    std::size_t programs = 0;
    std::size_t connections = 0;
    std::vector<std::string> wrong{};

    bool goes_on() const { return std::chrono::steady_clock::now() < end && wrong.empty(); }
};

asio::awaitable<void> run_program(Tally& tally) {
    ProcessSpec spec{.argv = {"sh", "-c", "read word; echo $word; echo $word >&2; exit 7"}};
    std::optional<std::string> line;
    const ProcessTalk feed = [](Process& process) -> asio::awaitable<void> {
        (void)co_await process.write("word\n");
    };
    const ProcessTalk consume = [&line](Process& process) -> asio::awaitable<void> {
        line = co_await process.read_line();
    };
    const ExitStatus status = co_await run_process(std::move(spec), feed, consume);
    ++tally.programs;
    if (to_text(status) != "exited with code 7: word") tally.wrong.push_back(to_text(status));
    if (line != "word") tally.wrong.push_back("output: " + line.value_or("none"));
}

/// Some connections between a client and a server, which are both on this loop.
struct Connections {
    std::deque<tcp::socket> client{};
    std::deque<tcp::socket> server{};
};

asio::awaitable<void> connect(tcp::acceptor& acceptor, Connections& connections) {
    for (int i = 0; i < 4; ++i) {
        tcp::socket& client = connections.client.emplace_back(acceptor.get_executor());
        co_await client.async_connect(acceptor.local_endpoint(), asio::use_awaitable);
        client.set_option(asio::socket_base::linger(true, 0));  // leaves no port in TIME_WAIT
        tcp::socket server = co_await acceptor.async_accept(asio::use_awaitable);
        connections.server.push_back(std::move(server));
    }
}

/// Answers on all connections at once, so that their client finds them all ready.
asio::awaitable<void> answer(std::deque<tcp::socket>& sockets) {
    std::array<char, 4> question{};
    co_await asio::async_read(sockets.front(), asio::buffer(question), asio::use_awaitable);
    for (auto& socket : sockets) asio::write(socket, asio::buffer(question));
}

/// Leaves with the first answer, whatever else has come, and runs a program.
asio::awaitable<void> ask_and_run(std::deque<tcp::socket>& sockets, Tally& tally) {
    std::string word = "ping";
    co_await asio::async_write(sockets.front(), asio::buffer(word), asio::use_awaitable);
    co_await asio::async_read(sockets.front(), asio::buffer(word), asio::use_awaitable);
    tally.connections += sockets.size();
    sockets.clear();
    co_await run_program(tally);
}

asio::awaitable<void> talk(Tally& tally) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
    while (tally.goes_on()) {
        Connections connections;
        co_await connect(acceptor, connections);
        auto both = [&](Nursery& nursery) -> asio::awaitable<void> {
            nursery.start(answer(connections.server));
            nursery.start(ask_and_run(connections.client, tally));
            co_return;
        };
        co_await with_nursery(std::move(both));
    }
}

asio::awaitable<void> share_the_loop(Tally& tally) {
    auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
        for (int i = 0; i < 8; ++i) nursery.start(talk(tally));
        co_return;
    };
    co_await with_nursery(std::move(all));
}

}  // namespace

TEST_CASE("connections that close while programs begin end no program", "[runtime]") {
    Tally tally;
    test::run_to_end(share_the_loop(tally));

    INFO(tally.programs << " programs, " << tally.connections << " connections");
    CHECK(tally.wrong == std::vector<std::string>{});
    CHECK(tally.programs > 20);
    CHECK(tally.connections > 80);
}

}  // namespace trommel
