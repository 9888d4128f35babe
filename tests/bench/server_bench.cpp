#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/io_context.hpp>
#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <stdexcept>

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
                  {.folder = folder_.path()}) {}
    ~Bench() { run(loop_, platform_.close()); }

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
};

void fill(Bench& bench, const DatasetId& dataset) {
    for (std::size_t i = 0; i < samples; i += 50'000) {
        std::vector<std::string> names;
        for (std::size_t j = 0; j < 50'000; ++j)
            names.push_back(fmt::format("images/{:07}.jpg", i + j));
        bench.wait(bench.platform().add_samples(dataset, std::move(names)));
    }
}

BitMask every_third() {
    BitMask mask;
    for (SampleIndex i = 0; i < samples; i += 3) mask.insert(i);
    return mask;
}

}  // namespace

/// A million samples over the API, without the sockets.
void run_server_bench() {
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
