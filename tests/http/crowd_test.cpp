// Too many at once: who is served, who has to leave, what is refused.
#include "http/live_server.hpp"
#include "http/raw_client.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace trommel::test {
namespace {

const std::string get = "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

http::ServerOptions with_connections(std::size_t count) {
    http::ServerOptions options;
    options.limits.connections = count;
    return options;
}

/// A body that stops before its end.
std::string slow_post(const std::string& path, std::size_t announced, std::size_t sent) {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(announced) +
           "\r\nConnection: close\r\n\r\n" + std::string(sent, 'a');
}

std::vector<RawClient> saying(std::uint16_t port, int count, const std::string& bytes) {
    std::vector<RawClient> clients;
    for (int i = 0; i < count; ++i) clients.emplace_back(port).say(bytes);
    return clients;
}

#ifndef __SANITIZE_ADDRESS__
/// Takes descriptors until none is free below those that are taken; the last one that it took.
int fill_descriptors(std::vector<int>& taken) {
    int highest = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
        highest = std::max(highest, std::stoi(each.path().filename()));
    do taken.push_back(::dup(0));
    while (taken.back() < highest);
    return taken.back();
}
#endif

/// Lets the process have so many descriptors, until it dies.
class DescriptorLimit {
public:
    explicit DescriptorLimit(std::size_t count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = count;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("many idle connections and slow strangers lock nobody out", "[http]") {
    LiveServer server(with_connections(8));
    for (const std::string& bytes :
         {std::string(), std::string("GET / HTTP/1.1\r\nHo"), slow_post("/echo?stranger", 9, 1)}) {
        INFO(bytes);
        const auto crowd = saying(server.port(), 60, bytes);
        for (int i = 0; i < 20; ++i) CHECK(status_of(answer_to(server.port(), get)) == "200");
    }
}

TEST_CASE("a known caller's slow body is not cut off for strangers", "[http]") {
    LiveServer server(with_connections(8));
    RawClient known(server.port());
    known.say(slow_post("/echo", 4, 3));
    const auto crowd = saying(server.port(), 60, slow_post("/echo?stranger", 9, 1));
    CHECK(status_of(answer_to(server.port(), get)) == "200");

    CHECK(known.say("b").all().ends_with("POST /echo aaab"));
}

TEST_CASE("a crowd of known callers is not cut off: who comes after is told to wait", "[http]") {
    LiveServer server(with_connections(4));
    auto known = saying(server.port(), 4, slow_post("/echo", 2, 1));
    RawClient late(server.port());
    const auto refusal = late.all();
    CHECK(status_of(refusal) == "503");
    CHECK(refusal.find("\r\nRetry-After: 1\r\n") != std::string::npos);

    for (auto& each : known) CHECK(each.say("b").all().ends_with("POST /echo ab"));
}

TEST_CASE("an address has so many connections at most", "[http]") {
    http::ServerOptions options;
    options.limits.connections_per_address = 3;
    LiveServer server(std::move(options));
    auto idle = saying(server.port(), 3, "");
    CHECK(status_of(answer_to(server.port(), get)) == "200");
    CHECK(idle.front().all().empty());
    CHECK(status_of(idle.back().say(get).all()) == "200");
}

TEST_CASE("connections behind a trusted proxy are not counted by its address", "[http]") {
    http::ServerOptions options;
    options.limits.connections_per_address = 1;
    options.trusted_proxies = {"127.0.0.1"};
    LiveServer server(std::move(options));
    auto clients = saying(server.port(), 3, get);
    for (auto& each : clients) CHECK(status_of(each.all()) == "200");
}

#ifndef __SANITIZE_ADDRESS__  // UBSan uses types by means of a pipe, for which no descriptor is
                              // left here
TEST_CASE("a process without descriptors ends an idle connection rather than wait", "[http]") {
    LiveServer server;
    auto idle = saying(server.port(), 10, "");
    CHECK(status_of(answer_to(server.port(), get)) == "200");  // all of them are accepted
    std::vector<int> taken;
    const int last = fill_descriptors(taken);
    {
        const DescriptorLimit limit(static_cast<std::size_t>(last) + 2);
        RawClient late(server.port());  // takes the last one
        CHECK(status_of(late.say(get).all()) == "200");
        CHECK(idle.front().all().empty());
    }
    for (const int each : taken) ::close(each);
}
#endif

TEST_CASE("there are no more connections than descriptors allow", "[http]") {
    const DescriptorLimit limit(200);
    LiveServer server(with_connections(4096));
    CHECK(server.connection_limit() == 100);
}

TEST_CASE("large answers that nobody fetches are bounded together, small ones go on", "[http]") {
    http::ServerOptions options;
    options.limits.memory = std::uint64_t{40} << 20;
    LiveServer server(std::move(options));
    const std::string large = "GET /huge HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    {
        auto slow = saying(server.port(), 2, large);
        for (auto& each : slow) CHECK(each.until("\r\n\r\n").starts_with("HTTP/1.1 200"));
        const auto refusal = answer_to(server.port(), large);
        CHECK(status_of(refusal) == "503");
        CHECK(refusal.find("\r\nRetry-After: 1\r\n") != std::string::npos);
        CHECK(status_of(answer_to(server.port(), get)) == "200");
        CHECK(slow.front().all().size() == std::size_t{16} << 20);
        CHECK(RawClient(server.port()).say(large).all().size() > std::size_t{16} << 20);
    }
}

TEST_CASE("an answer is not packed where there is no memory for it", "[http]") {
    http::ServerOptions options;
    options.limits.memory = 700'000;
    LiveServer server(std::move(options));
    const auto answer =
        answer_to(server.port(),
                  "GET /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: "
                  "close\r\n\r\n");
    CHECK(status_of(answer) == "200");
    CHECK(answer.find("\r\nContent-Encoding") == std::string::npos);
    CHECK(answer.ends_with("99999\n"));
}

TEST_CASE("bodies that are read into memory are bounded together", "[http]") {
    http::ServerOptions options;
    options.limits.memory = 1'000'000;
    LiveServer server(std::move(options));
    RawClient first(server.port());
    first.say(slow_post("/kept", 700'001, 700'000));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // its bytes are there
    const auto second = answer_to(server.port(), slow_post("/kept", 700'001, 700'000));
    CHECK(status_of(second) == "503");
    CHECK(second.find("\r\nRetry-After: 1\r\n") != std::string::npos);
    CHECK(first.say("b").all().ends_with("700001 bytes"));
}

}  // namespace trommel::test
