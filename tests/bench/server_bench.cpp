#include "bench/figure.hpp"
#include "bench/watched_child.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/random.hpp"
#include "trommel/http/server.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

namespace trommel::bench {
namespace {

constexpr std::size_t samples = 1'000'000;

/// The most memory that this process has had, in MB.
double memory() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1000;
        }
    return 0;
}

/// An upload of a million scores, in pieces as they come from a socket.
class ScoresBody final : public http::BodySource {
public:
    asio::awaitable<std::string> next() override {
        std::string piece;
        if (made_ == 0) piece = R"({"scoreType":"uncertainty_margin","scores":[)";
        for (; made_ < samples && piece.size() < 65536; ++made_)
            fmt::format_to(std::back_inserter(piece),
                           "{}{}",
                           made_ > 0 ? ", " : "",
                           static_cast<double>(made_ * 7919 % samples) / 1'000'003.0);
        if (made_ == samples && !std::exchange(ended_, true)) piece += "]}";
        co_return piece;
    }

private:
    std::size_t made_ = 0;
    bool ended_ = false;
};

class Bench {
public:
    Bench()
        : platform_(loop_.get_executor(), store::open_sqlite(folder_ / "bench.db"), cpu_),
          server_(platform_,
                  store::open_served_sqlite(folder_ / "bench.db"),
                  {.folder = folder_.path(), .durability = server::Durability::normal}) {}
    ~Bench() {
        if (http_) http_->drain();
        loop_.restart();
        while (http_ && !ended_) loop_.run_one();
        run(loop_, platform_.close());
    }

    /// A client of a server on loopback.
    std::unique_ptr<LightlyPlatform> listen(Clock& clock) {
        http_ =
            std::make_unique<http::Server>(loop_.get_executor(), http::ServerOptions{}, server_);
        asio::co_spawn(loop_, http_->run(), [this](const std::exception_ptr&) { ended_ = true; });
        LightlyOptions options;
        options.url = "http://127.0.0.1:" + std::to_string(http_->port());
        return std::make_unique<LightlyPlatform>(loop_.get_executor(), options, clock);
    }

    Platform& platform() { return platform_; }
    template <typename T>
    T wait(asio::awaitable<T> work) {
        return run(loop_, std::move(work));
    }

    /// Bytes of the answer, whose pieces are let go as they come.
    std::size_t call(std::string method, std::string target, http::Body body = {}) {
        http::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = std::move(body);
        return run(loop_, drain(std::move(request)));
    }

private:
    asio::awaitable<std::size_t> drain(http::Request request) {
        http::Response response = co_await server_.answer(std::move(request));
        if (response.status >= 300) throw std::runtime_error("the server refuses");
        std::size_t bytes = 0;
        while (true) {
            const std::string piece = co_await response.body.next();
            if (piece.empty()) co_return bytes;
            bytes += piece.size();
        }
    }

    test::TempDir folder_;
    asio::io_context loop_{1};
    CpuPool cpu_{1};
    EmbeddedPlatform platform_;
    server::Server server_;
    std::unique_ptr<http::Server> http_;
    bool ended_ = false;
};

std::vector<std::string> numbered(std::size_t first, std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = first; i < first + count; ++i)
        names.push_back(fmt::format("images/{:07}.jpg", i));
    return names;
}

void fill(Bench& bench, const DatasetId& dataset) {
    for (std::size_t i = 0; i < samples; i += 50'000)
        bench.wait(bench.platform().add_samples(dataset, numbered(i, 50'000)));
}

constexpr std::size_t many_scores = 10'000'000;

/// As much of a server as an upload of scores asks for; the scores are let go as they come.
class ScoresSink final : public http::Handler {
public:
    asio::awaitable<http::Response> answer(http::Request request) override {
        http::Response response;
        if (request.method == "POST") {
            response.status = 201;
            while (true) {
                const std::string piece = co_await request.body.next();
                if (piece.empty()) break;
            }
        }
        response.body = http::Body(R"({"id":"aaaaaaaaaaaaaaaaaaaaaaaa","name":"trommel",
            "datasetId":"bbbbbbbbbbbbbbbbbbbbbbbb","prevTagId":null,"bitMaskData":"0x1",
            "totSize":1,"createdAt":1})");
        co_return response;
    }
};

/// What a client takes for ten million scores, in a process of its own.
void run_many_scores() {
    asio::io_context loop(1);
    ScoresSink sink;
    http::Server server(loop.get_executor(), {}, sink);
    std::jthread serving([&] { run(loop, server.run()); });
    const auto child =
        watch_child({"server_client", "http://127.0.0.1:" + std::to_string(server.port())});
    asio::post(loop, [&] { server.drain(); });
    serving.join();
    const double plain = sizeof(double) * many_scores;
    print("server.client_scores_10m", child.result, "s", child.result / 10, "a second a million");
    print("server.client_memory_10m",
          child.peak_anonymous / 1e6,
          "MB",
          child.peak_anonymous / plain,
          "the scores themselves");
}

BitMask every_third() {
    BitMask mask;
    for (SampleIndex i = 0; i < samples; i += 3) mask.insert(i);
    return mask;
}

}  // namespace

/// Asks for a selection and follows it until its picks are here.
asio::awaitable<std::size_t> select(Platform& platform, SamplingRequest request, Clock& clock) {
    JobId job = co_await platform.sample(std::move(request));
    for (;;) {
        JobStatus status = co_await platform.job(job);
        if (status.state == JobState::failed) throw std::runtime_error(status.error);
        if (status.state == JobState::finished) break;
        co_await clock.sleep_until(clock.now() + status.poll_after);
    }
    auto picks = co_await platform.picks(job);
    co_return picks.size();
}

/// What the wire adds to a selection: a client and a server over loopback, on one loop.
void run_selection_over_wire() {
    Bench bench;
    constexpr std::size_t count = 20'000;
    auto rows = std::make_shared<Matrix>(count, 16);
    Random random(1, 0, "rows");
    for (auto& value : rows->values()) value = static_cast<float>(random.uniform());
    const auto dataset = bench.wait(bench.platform().create_dataset("bench"));
    bench.wait(bench.platform().add_samples(dataset, numbered(0, count)));
    const auto tag = bench.wait(bench.platform().create_initial_tag(dataset));
    bench.wait(bench.platform().upload_embeddings(dataset, "rows", rows));

    SystemClock clock;
    const auto client = bench.listen(clock);
    int round = 0;
    const auto time = [&](Platform& platform) {
        std::vector<double> times;
        for (int i = 0; i < 21; ++i)
            times.push_back(seconds(
                [&] {
                    SamplingRequest request;
                    request.dataset = dataset;
                    request.new_tag_name = fmt::format("tag-{}", ++round);
                    request.query = tag;
                    request.samples = 100;
                    bench.wait(select(platform, std::move(request), clock));
                },
                1));
        std::ranges::nth_element(times, times.begin() + 10);
        return 1000 * times[10];
    };
    const double near = time(bench.platform());
    const double far = time(*client);
    print("server.selection_embedded", near, "ms", 1, "itself");
    print("server.selection_over_wire", far, "ms", far / near, "embedded");
    print("server.selection_wire_adds", far - near, "ms", (far - near) / 20, "20 ms");
}

void run_server_client(const std::string& url) {
    asio::io_context loop(1);
    SystemClock clock;
    LightlyOptions options;
    options.url = url;
    LightlyPlatform platform(loop.get_executor(), options, clock);
    std::vector<double> scores(many_scores);
    Random random(1, 0, "scores");
    for (auto& score : scores) score = random.uniform();
    const auto upload = [&]() -> asio::awaitable<void> {
        co_await platform.upload_scores(
            TagId("aaaaaaaaaaaaaaaaaaaaaaaa"), "uncertainty_margin", std::move(scores), "key");
    };
    fmt::print("{}\n", seconds([&] { run(loop, upload()); }, 1));
}

/// A million samples over the API, without the sockets.
void run_server_bench() {
    run_selection_over_wire();
    run_many_scores();
    Bench bench;
    const auto dataset = bench.wait(bench.platform().create_dataset("bench"));
    fill(bench, dataset);
    const auto tag = bench.wait(bench.platform().create_initial_tag(dataset));
    const auto path = "/v1/datasets/" + dataset.text();

    bench.call("GET", path + "/mappings?field=fileName");  // the first one reads the store
    const double mappings = seconds([&] { bench.call("GET", path + "/mappings?field=fileName"); });
    print("server.mappings_1m", mappings, "s", mappings / 0.3, "0.3 s");
    const double ids = seconds([&] { bench.call("GET", path + "/mappings?field=_id"); });
    print("server.mappings_ids_1m", ids, "s", ids / 0.3, "0.3 s");

    const auto mask = every_third();
    std::string hex;
    const double encode = seconds([&] { hex = mask.to_hex(); });
    print("server.mask_encode_1m", 1000 * encode, "ms", encode / 0.005, "5 ms");
    const double decode = seconds([&] { BitMask::from_hex(hex); });
    print("server.mask_decode_1m", 1000 * decode, "ms", decode / 0.005, "5 ms");

    const auto scores = path + "/tags/" + tag.text() + "/scores";
    const double upload =
        seconds([&] { bench.call("POST", scores, http::Body(std::make_unique<ScoresBody>())); });
    print("server.scores_1m", upload, "s", upload / 1.0, "1 s");
    print("server.memory_1m", memory(), "MB", memory() / 300, "300 MB");
}

}  // namespace trommel::bench
