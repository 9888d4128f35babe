#include "server/kept/group_commit.hpp"

#include "trommel/core/error.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/runtime/nursery.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

namespace trommel::server {

namespace {

void sleep_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

/// A disk that counts its syncs, and what was written before each.
struct SlowDisk {
    IoPool io{1};
    int written = 0;
    int safe = 0;
    int syncs = 0;
    bool fails = false;

    asio::awaitable<void> sync() {
        const int before = written;
        co_await on_io(io, sleep_a_little);
        ++syncs;
        if (fails) throw Error("the disk is gone");
        safe = before;
    }
};

asio::awaitable<void> write_and_wait(SlowDisk* disk, GroupCommit* commits) {
    const int mine = ++disk->written;
    co_await commits->wait();
    CHECK(disk->safe >= mine);
}

}  // namespace

TEST_CASE("those who wait at the same time share a sync that came after their writes", "[server]") {
    asio::io_context loop(1);
    SlowDisk disk;
    GroupCommit commits([&] { return disk.sync(); });
    const auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
        for (int i = 0; i < 32; ++i) nursery.start(write_and_wait(&disk, &commits));
        co_return;
    };
    run(loop, with_nursery(all));
    CHECK(disk.safe == 32);
    CHECK(disk.syncs <= 3);
    run(loop, write_and_wait(&disk, &commits));
    CHECK(disk.safe == 33);
}

TEST_CASE("a sync that fails fails all who waited for it", "[server]") {
    asio::io_context loop(1);
    SlowDisk disk;
    disk.fails = true;
    GroupCommit commits([&] { return disk.sync(); });
    int failures = 0;
    const auto one = [&]() -> asio::awaitable<void> {
        try {
            co_await commits.wait();
        } catch (const Error&) {
            ++failures;
        }
    };
    const auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
        for (int i = 0; i < 4; ++i) nursery.start(one());
        co_return;
    };
    run(loop, with_nursery(all));
    CHECK(failures == 4);
}

}  // namespace trommel::server
