// What takes seconds holds nobody else up, and is seen by nobody before its end.

#include "platform/embedded_bench.hpp"
#include "store/sqlite_database.hpp"
#include "trommel/runtime/nursery.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

constexpr std::size_t many = 100'000;

std::vector<std::string> numbered(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back("s" + std::to_string(i));
    return names;
}

/// Adds the samples; `has_ended` tells when.
asio::awaitable<void> add(Platform& platform, DatasetId dataset, bool& has_ended) {
    co_await platform.add_samples(std::move(dataset), numbered(many));
    has_ended = true;
}

/// How many short writes and reads end before the samples are all there; none of the reads sees
/// any of them.
asio::awaitable<int> write_beside(Platform& platform, DatasetId dataset, bool& has_ended) {
    int writes = 0;
    while (!has_ended) {
        co_await platform.create_dataset("beside " + std::to_string(writes));
        const Dataset now = co_await platform.dataset(dataset);
        if (!has_ended) CHECK((now.sample_count == 0 || now.sample_count == many));
        ++writes;
    }
    co_return writes;
}

std::int64_t rows(const std::filesystem::path& database, const std::string& table) {
    store::Database raw(database, std::chrono::milliseconds(1000));
    return *raw.find<std::int64_t>("SELECT count(*) FROM " + table);
}

}  // namespace

TEST_CASE("other calls go on while many samples are added, and see none or all of them",
          "[platform][long-writes]") {
    const TempDir dir;
    EmbeddedBench bench(dir / "platform.db");
    const auto dataset = bench.wait(bench->create_dataset("big"));
    bool has_ended = false;
    int writes = 0;
    const auto both = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(add(bench.platform(), dataset, has_ended));
        writes = co_await write_beside(bench.platform(), dataset, has_ended);
    };
    bench.wait(with_nursery(both));
    CHECK(writes >= 10);
    CHECK(bench.wait(bench->dataset(dataset)).sample_count == many);
    CHECK(*bench.wait(bench->mappings(dataset)) == numbered(many));
}

TEST_CASE("many samples with one of them twice are refused, and leave nothing",
          "[platform][long-writes]") {
    const TempDir dir;
    EmbeddedBench bench(dir / "platform.db");
    const auto dataset = bench.wait(bench->create_dataset("big"));
    auto names = numbered(20'000);
    names.push_back("s1");
    CHECK(refusal(bench, bench->add_samples(dataset, names)).reason() ==
          PlatformError::Reason::invalid);
    CHECK(bench.wait(bench->dataset(dataset)).sample_count == 0);
    CHECK(rows(dir / "platform.db", "samples") == 0);
    names.pop_back();
    bench.wait(bench->add_samples(dataset, names));
    CHECK(bench.wait(bench->dataset(dataset)).sample_count == names.size());
}

TEST_CASE("a deletion that a close cuts off is ended by the next who opens",
          "[platform][long-writes]") {
    const TempDir dir;
    EmbeddedBench bench(dir / "platform.db");
    const auto dataset = bench.wait(bench->create_dataset("big"));
    bench.wait(bench->add_samples(dataset, numbered(many)));
    bench.wait(bench->delete_dataset(dataset));
    CHECK(bench.wait(bench->datasets()).empty());
    bench.close();
    CHECK(rows(dir / "platform.db", "samples") > 0);
    bench.reopen();
    while (rows(dir / "platform.db", "datasets") > 0) bench.wait(bench->datasets());
    CHECK(rows(dir / "platform.db", "samples") == 0);
}

}  // namespace trommel::test
