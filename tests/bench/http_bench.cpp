// How many small requests one loop answers, and whether idle and slow clients disturb the others.
#include "bench/figure.hpp"
#include "trommel/http/server.hpp"
#include "trommel/runtime/run.hpp"

#include <arpa/inet.h>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace trommel::bench {
namespace {

constexpr std::string_view request = "GET /v1/quota?token=abc HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr int requests = 200'000;
constexpr std::size_t kept_alive = 32;

class Small final : public http::Handler {
public:
    asio::awaitable<http::Response> answer(http::Request) override {
        http::Response response;
        response.headers.add("Content-Type", "application/json");
        response.body = http::Body(std::string("\"60000\""));
        co_return response;
    }
};

double cpu_of_this_thread() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// A server on a loop and a thread of its own.
class Running {
public:
    Running()
        : server_(loop_.get_executor(), {}, handler_), thread_([this] {
              run(loop_, server_.run());
              cpu_ = cpu_of_this_thread();
          }) {}
    ~Running() { stop(); }

    std::uint16_t port() const { return server_.port(); }
    /// Seconds that its thread computed.
    double stop() {
        if (!thread_.joinable()) return cpu_;
        asio::post(loop_, [this] { server_.drain(); });
        thread_.join();
        return cpu_;
    }

private:
    Small handler_;
    asio::io_context loop_{1};
    http::Server server_;
    double cpu_ = 0;
    std::thread thread_;
};

class Connection {
public:
    explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Connection(Connection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    Connection& operator=(Connection&&) = delete;
    ~Connection() {
        if (socket_ >= 0) ::close(socket_);
    }

    int socket() const { return socket_; }
    void say(std::string_view text) const {
        ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    /// An answer is small and comes in one piece.
    bool hear() const {
        char buffer[1024];
        const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
        return std::string_view(buffer, count > 0 ? static_cast<std::size_t>(count) : 0)
            .starts_with("HTTP/1.1 200");
    }

private:
    int socket_;
};

std::vector<Connection> connections(std::uint16_t port, std::size_t count) {
    std::vector<Connection> all;
    for (std::size_t i = 0; i < count; ++i) all.emplace_back(port);
    return all;
}

/// Asks on all connections, each anew once it was answered; the good answers.
int ask_all(const std::vector<Connection>& all, int count) {
    std::vector<pollfd> waiting;
    for (const auto& each : all) {
        waiting.push_back({.fd = each.socket(), .events = POLLIN, .revents = 0});
        each.say(request);
    }
    int good = 0;
    for (int left = count; left > 0;) {
        ::poll(waiting.data(), waiting.size(), -1);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (waiting[i].revents == 0) continue;
            if (all[i].hear()) ++good;
            if (--left == 0) break;
            all[i].say(request);
        }
    }
    return good;
}

void print_rate() {
    Running server;
    const auto all = connections(server.port(), kept_alive);
    const auto start = std::chrono::steady_clock::now();
    const int good = ask_all(all, requests);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const double rate = good / took.count();
    print("http.small_gets", rate, "/s", rate / 50'000, "the 50,000 a second that are promised");
    const double cpu = server.stop() / requests;
    print("http.cpu_of_a_small_get", cpu * 1e6, "us", cpu / 20e-6, "the 20 us of that promise");
}

/// The 99th percentile of what a request takes while `between` happens before each, seconds.
template <typename Between>
double slowest(std::uint16_t port, Between between) {
    constexpr std::size_t count = 2000;
    const Connection connection(port);
    std::vector<double> times;
    for (std::size_t i = 0; i < count; ++i) {
        between();
        const auto start = std::chrono::steady_clock::now();
        connection.say(request);
        connection.hear();
        times.push_back(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    return times[count * 99 / 100];
}

void print_disturbance() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    Running server;
    const double alone = slowest(server.port(), [] {});
    const auto idle = connections(server.port(), 1000);
    const auto slow = connections(server.port(), 10);
    for (const auto& each : slow) each.say("GET / HTTP/1.1\r\nA: ");
    const double disturbed = slowest(server.port(), [&] {
        for (const auto& each : slow) each.say("a");
    });
    print("http.p99_among_1000_idle_10_slow",
          disturbed * 1e3,
          "ms",
          disturbed / alone,
          "the same alone");
}

}  // namespace

void run_http_bench() {
    print_rate();
    print_disturbance();
}

}  // namespace trommel::bench
