// What it costs that an acknowledged change survives a power failure.
#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/server/server.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <asio/io_context.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace trommel::bench {
namespace {

using server::Durability;

/// A server whose clients make datasets, each one after the other.
class Writers {
public:
    explicit Writers(Durability durability)
        : platform_(loop_.get_executor(), store::open_sqlite(folder_ / "bench.db"), cpu_),
          server_(platform_,
                  store::open_served_sqlite(folder_ / "bench.db"),
                  {.folder = folder_.path(), .durability = durability}) {}
    ~Writers() { run(loop_, platform_.close()); }

    /// Writes a second of so many clients.
    double rate(int clients, int writes) {
        const auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
            for (int i = 0; i < clients; ++i) nursery.start(write(writes / clients));
            co_return;
        };
        return writes / seconds([&] { run(loop_, with_nursery(all)); }, 1);
    }

private:
    asio::awaitable<void> write(int count) {
        for (int i = 0; i < count; ++i) {
            http::Request request;
            request.method = "POST";
            request.target = "/v1/datasets";
            request.body = http::Body(fmt::format(R"({{"name":"data {}"}})", ++made_));
            http::Response response = co_await server_.answer(std::move(request));
            if (response.status != 201) throw std::runtime_error("the server refuses");
        }
    }

    test::TempDir folder_;
    asio::io_context loop_{1};
    CpuPool cpu_{1};
    EmbeddedPlatform platform_;
    server::Server server_;
    int made_ = 0;
};

}  // namespace

void run_durability_bench() {
    for (const int clients : {1, 32}) {
        constexpr int writes = 1600;
        const double normal = Writers(Durability::normal).rate(clients, writes);
        const double full = Writers(Durability::full).rate(clients, writes);
        print(fmt::format("server.writes_normal_{}", clients), normal, "/s", 1, "itself");
        print(fmt::format("server.writes_full_{}", clients), full, "/s", full / normal, "normal");
    }
}

}  // namespace trommel::bench
