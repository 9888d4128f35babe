// How long a small call waits while others do much: idle and slow connections, a million samples.
#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/http/server.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/co_spawn.hpp>
#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/streambuf.hpp>
#include <asio/write.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace trommel::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t idle_connections = 1'000;
constexpr std::size_t slow_connections = 20;
constexpr std::size_t samples = 1'000'000;

/// A server on loopback with a thread of its own.
class Served {
public:
    Served()
        : platform_(loop_.get_executor(), store::open_sqlite(folder_ / "bench.db"), cpu_),
          server_(platform_,
                  store::open_served_sqlite(folder_ / "bench.db"),
                  {.folder = folder_.path()}),
          http_(loop_.get_executor(), http::ServerOptions{}, server_) {
        thread_ = std::thread([this] {
            run(loop_, http_.run());
            run(loop_, platform_.close());
        });
    }
    ~Served() {
        asio::post(loop_, [this] { http_.drain(); });
        thread_.join();
    }

    std::uint16_t port() const { return http_.port(); }

private:
    test::TempDir folder_;
    asio::io_context loop_{1};
    CpuPool cpu_{1};
    EmbeddedPlatform platform_;
    server::Server server_;
    http::Server http_;
    std::thread thread_;
};

class Client {
public:
    explicit Client(std::uint16_t port) {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
        socket_.set_option(asio::ip::tcp::no_delay(true));
    }

    void send(std::string_view text) { asio::write(socket_, asio::buffer(text)); }

    /// The body of the answer.
    std::string call(const std::string& method, const std::string& path, std::string_view body) {
        send(
            fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        "Content-Length: {}\r\n\r\n",
                        method,
                        path,
                        body.size()));
        send(body);
        return answer();
    }

private:
    std::string answer() {
        const auto head = asio::read_until(socket_, asio::dynamic_buffer(data_), "\r\n\r\n");
        const auto length = length_in(data_.substr(0, head));
        if (data_.compare(9, 1, "2") != 0) throw std::runtime_error(data_);
        if (data_.size() < head + length)
            asio::read(socket_,
                       asio::dynamic_buffer(data_),
                       asio::transfer_exactly(head + length - data_.size()));
        auto body = data_.substr(head, length);
        data_.clear();
        return body;
    }

    static std::size_t length_in(std::string head) {
        std::ranges::transform(head, head.begin(), [](char c) { return std::tolower(c); });
        const auto at = head.find("content-length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    }

    asio::io_context context_;
    asio::ip::tcp::socket socket_{context_};
    std::string data_;
};

void allow_connections() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::string make_dataset(Client& client, const std::string& name) {
    const auto answer =
        client.call("POST", "/v1/datasets", fmt::format(R"({{"name":"{}"}})", name));
    const auto begin = answer.find(":\"") + 2;
    return answer.substr(begin, answer.find('"', begin) - begin);
}

std::string million_names() {
    std::string json = R"({"fileNames":[)";
    for (std::size_t i = 0; i < samples; ++i)
        fmt::format_to(std::back_inserter(json), "{}\"f{:07}.jpg\"", i > 0 ? "," : "", i);
    return json + "]}";
}

std::vector<std::unique_ptr<Client>> connected(std::uint16_t port, std::size_t count) {
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < count; ++i) clients.push_back(std::make_unique<Client>(port));
    return clients;
}

/// Sends a body of which a byte comes each tenth of a second.
void crawl(std::uint16_t port, const std::atomic<bool>& is_over) {
    auto clients = connected(port, slow_connections);
    for (auto& client : clients)
        client->send(
            "POST /v1/datasets HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10000\r\n\r\n");
    while (!is_over) {
        for (auto& client : clients) client->send(" ");
        std::this_thread::sleep_for(milliseconds(100));
    }
}

/// Milliseconds that each call took, a call each two milliseconds, until it is over.
std::vector<double> probe(std::uint16_t port,
                          const std::string& path,
                          const std::atomic<bool>& is_over) {
    Client client(port);
    std::vector<double> times;
    while (!is_over || times.size() < 1000) {
        const auto begin = Clock::now();
        client.call("GET", path, "");
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        std::this_thread::sleep_for(milliseconds(2));
    }
    std::ranges::sort(times);
    return times;
}

void print_times(const std::string& name, const std::vector<double>& times) {
    const auto p99 = times[times.size() * 99 / 100];
    print("server.small_get_p99_" + name, p99, "ms", p99 / 20, "20 ms");
    print("server.small_get_longest_" + name, times.back(), "ms", times.back() / 100, "100 ms");
}

/// While `work` runs.
template <typename Work>
void measure(const std::string& name, std::uint16_t port, const std::string& path, Work work) {
    std::atomic<bool> is_over = false;
    std::vector<double> times;
    std::thread probing([&] { times = probe(port, path, is_over); });
    const double took = seconds(work, 1);
    is_over = true;
    probing.join();
    print("server.beside_" + name, took, "s", took / 3, "3 s");
    print_times(name, times);
}

}  // namespace

void run_latency_bench() {
    allow_connections();
    const Served served;
    const auto port = served.port();
    Client client(port);
    const auto path = "/v1/datasets/" + make_dataset(client, "small");
    const auto big = make_dataset(client, "large");
    const auto idle = connected(port, idle_connections);
    std::atomic<bool> is_over = false;
    std::thread crawling([&] { crawl(port, is_over); });
    const auto names = million_names();
    measure("adding_1m", port, path, [&] {
        client.call("POST", "/v1/trommel/datasets/" + big + "/samples", names);
    });
    measure("deleting_1m", port, path, [&] {
        client.call("DELETE", "/v1/datasets/" + big, "");
        std::this_thread::sleep_for(std::chrono::seconds(3));
    });
    is_over = true;
    crawling.join();
}

}  // namespace trommel::bench
