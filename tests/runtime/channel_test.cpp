#include "trommel/runtime/channel.hpp"

#include "support/run.hpp"
#include "trommel/runtime/nursery.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace trommel {
namespace {

using test::settle;

struct Parcel {
    std::size_t weight_bytes = 0;
};

std::size_t weight(const Parcel& parcel) { return parcel.weight_bytes; }

/// A loop, a channel on it, and the coroutines of a test, joined at its end.
template <typename T>
struct Bench {
    explicit Bench(Capacity capacity) : channel(loop.get_executor(), capacity) {}
    ~Bench() {
        helpers.cancel();
        settle(loop);
    }

    void start(asio::awaitable<void> helper) {
        helpers.start(std::move(helper));
        settle(loop);
    }

    asio::io_context loop{1};
    Channel<T> channel;
    Nursery helpers{loop.get_executor()};
};

asio::awaitable<void> send_all(Channel<int>& channel, std::vector<int> items) {
    for (const int item : items) {
        const SendStatus status = co_await channel.send(item);
        if (status == SendStatus::closed) co_return;
    }
}

asio::awaitable<void> send_parcel(Channel<Parcel>& channel, std::size_t bytes, bool& sent) {
    const Parcel parcel{bytes};
    const SendStatus status = co_await channel.send(parcel);
    sent = status == SendStatus::sent;
}

asio::awaitable<void> receive_into(Channel<int>& channel, std::vector<int>& received) {
    while (true) {
        const std::optional<int> item = co_await channel.receive();
        if (!item) co_return;
        received.push_back(*item);
    }
}

asio::awaitable<void> receive_one(Channel<int>& channel, std::optional<int>& received) {
    const std::optional<int> item = co_await channel.receive();
    received = item;
}

template <typename T>
asio::awaitable<void> drop_one(Channel<T>& channel) {
    (void)co_await channel.receive();
}

TEST_CASE("a full channel makes the sender wait", "[runtime]") {
    Bench<int> bench({.count = 2});

    bench.start(send_all(bench.channel, {1, 2, 3}));
    CHECK(bench.channel.size() == 2);

    bench.start(drop_one(bench.channel));
    CHECK(bench.channel.size() == 2);
    bench.start(drop_one(bench.channel));
    CHECK(bench.channel.size() == 1);
}

TEST_CASE("a closed channel delivers what is queued and then nothing", "[runtime]") {
    Bench<int> bench({.count = 4});
    bench.start(send_all(bench.channel, {1, 2, 3}));

    bench.channel.close();
    std::vector<int> received;
    bench.start(receive_into(bench.channel, received));

    CHECK(received == std::vector{1, 2, 3});
}

TEST_CASE("closing wakes receivers that wait for nothing", "[runtime]") {
    Bench<int> bench({});
    std::optional<int> first = 1;
    std::optional<int> second = 2;
    bench.start(receive_one(bench.channel, first));
    bench.start(receive_one(bench.channel, second));

    bench.channel.close();
    settle(bench.loop);

    CHECK(!first);
    CHECK(!second);
}

asio::awaitable<void> send_text(Channel<std::string>& channel,
                                std::string& text,
                                std::vector<SendStatus>& statuses) {
    const SendStatus status = co_await channel.send_from(text);
    statuses.push_back(status);
}

TEST_CASE("a sender that waits when the channel closes keeps its item and stops", "[runtime]") {
    Bench<std::string> bench({.count = 1});
    std::string first = "first";
    std::string second = "second";
    std::vector<SendStatus> statuses;
    bench.start(send_text(bench.channel, first, statuses));
    bench.start(send_text(bench.channel, second, statuses));

    bench.channel.close();
    settle(bench.loop);

    CHECK(statuses == std::vector{SendStatus::sent, SendStatus::closed});
    CHECK(second == "second");
}

TEST_CASE("sending to a closed channel says so at once", "[runtime]") {
    Bench<std::string> bench({});
    std::string text = "late";
    std::vector<SendStatus> statuses;
    bench.channel.close();

    bench.start(send_text(bench.channel, text, statuses));

    CHECK(statuses == std::vector{SendStatus::closed});
    CHECK(text == "late");
}

TEST_CASE("a cancelled sender keeps its item and its turn passes on", "[runtime]") {
    Bench<std::string> bench({.count = 1});
    std::string first = "first";
    std::string cancelled = "cancelled";
    std::string third = "third";
    std::vector<SendStatus> statuses;
    bench.start(send_text(bench.channel, first, statuses));
    Nursery victim(bench.loop.get_executor());
    victim.start(send_text(bench.channel, cancelled, statuses));
    bench.start(send_text(bench.channel, third, statuses));

    // Its place comes free and it is cancelled in the same turn of the loop.
    asio::post(bench.loop, [&] { bench.helpers.start(drop_one(bench.channel)); });
    asio::post(bench.loop, [&] { victim.cancel(); });
    settle(bench.loop);

    CHECK(cancelled == "cancelled");
    CHECK(statuses == std::vector{SendStatus::sent, SendStatus::sent});
    CHECK(bench.channel.size() == 1);
}

TEST_CASE("the turn of a cancelled receiver passes to the next", "[runtime]") {
    Bench<int> bench({.count = 4});
    std::optional<int> cancelled;
    std::optional<int> next;
    Nursery victim(bench.loop.get_executor());
    victim.start(receive_one(bench.channel, cancelled));
    bench.start(receive_one(bench.channel, next));

    // It is woken for the item and cancelled in the same turn of the loop.
    asio::post(bench.loop, [&] { bench.helpers.start(send_all(bench.channel, {5})); });
    asio::post(bench.loop, [&] { victim.cancel(); });
    settle(bench.loop);

    CHECK(!cancelled);
    CHECK(next == 5);
}

TEST_CASE("bytes bound a channel as well as the count", "[runtime]") {
    Bench<Parcel> bench({.count = 100, .bytes = 10});
    bool first = false;
    bool second = false;
    bool third = false;
    bench.start(send_parcel(bench.channel, 6, first));
    bench.start(send_parcel(bench.channel, 4, second));
    bench.start(send_parcel(bench.channel, 1, third));

    CHECK(first);
    CHECK(second);
    CHECK(!third);
    CHECK(bench.channel.bytes() == 10);
}

TEST_CASE("an item larger than the channel is admitted when the channel is empty", "[runtime]") {
    Bench<Parcel> bench({.count = 100, .bytes = 10});
    bool small = false;
    bool large = false;
    bool next = false;
    bench.start(send_parcel(bench.channel, 1, small));
    bench.start(send_parcel(bench.channel, 50, large));
    CHECK(!large);

    bench.start(drop_one(bench.channel));
    CHECK(large);

    bench.start(send_parcel(bench.channel, 1, next));
    CHECK(!next);
}

TEST_CASE("a small item does not overtake a large one that waits", "[runtime]") {
    Bench<Parcel> bench({.count = 100, .bytes = 10});
    bool first = false;
    bool large = false;
    bool small = false;
    bench.start(send_parcel(bench.channel, 6, first));
    bench.start(send_parcel(bench.channel, 8, large));

    bench.start(send_parcel(bench.channel, 1, small));

    CHECK(!large);
    CHECK(!small);
}

TEST_CASE("room for two waiting senders lets both go on", "[runtime]") {
    Bench<Parcel> bench({.count = 100, .bytes = 10});
    bool large = false;
    bool first = false;
    bool second = false;
    bench.start(send_parcel(bench.channel, 10, large));
    bench.start(send_parcel(bench.channel, 5, first));
    bench.start(send_parcel(bench.channel, 5, second));

    bench.start(drop_one(bench.channel));

    CHECK(first);
    CHECK(second);
}

TEST_CASE("a sender that was woken does not wake the next beyond the bound", "[runtime]") {
    Bench<int> bench({.count = 2});
    bench.start(send_all(bench.channel, {1, 2, 3}));
    bench.start(send_all(bench.channel, {4}));

    bench.start(drop_one(bench.channel));

    CHECK(bench.channel.size() == 2);
}

TEST_CASE("one item for two waiting receivers leaves the second waiting", "[runtime]") {
    Bench<int> bench({});
    std::optional<int> first = -1;
    std::optional<int> second = -1;
    bench.start(receive_one(bench.channel, first));
    bench.start(receive_one(bench.channel, second));

    bench.start(send_all(bench.channel, {5}));
    CHECK(first == 5);
    CHECK(second == -1);

    bench.start(send_all(bench.channel, {6}));
    CHECK(second == 6);
}

asio::awaitable<void> send_range(Channel<int>& channel, int begin, int end) {
    for (int item = begin; item < end; ++item) {
        (void)co_await channel.send(item);
    }
}

asio::awaitable<void> sum_up(Channel<int>& channel, long& sum) {
    while (true) {
        const std::optional<int> item = co_await channel.receive();
        if (!item) co_return;
        sum += *item;
    }
}

asio::awaitable<void> produce(Channel<int>& channel, int count) {
    auto halves = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(send_range(channel, 0, count / 2));
        co_await send_range(channel, count / 2, count);
    };
    co_await with_nursery(std::move(halves));
    channel.close();
}

TEST_CASE("two senders and two receivers share 400,000 items and lose none", "[runtime]") {
    constexpr int count = 400'000;
    asio::io_context loop(1);
    Channel<int> channel(loop.get_executor(), {.count = 64});
    long first = 0;
    long second = 0;
    auto all = [&](Nursery& nursery) -> asio::awaitable<void> {
        nursery.start(sum_up(channel, first));
        nursery.start(sum_up(channel, second));
        co_await produce(channel, count);
    };

    run(loop, with_nursery(std::move(all)));

    CHECK(first + second == long{count} * (count - 1) / 2);
    CHECK(first > 0);
    CHECK(second > 0);
}

asio::awaitable<int> send_and_receive_pointer() {
    const auto executor = co_await asio::this_coro::executor;
    Channel<std::unique_ptr<int>> channel(executor, {.count = 1});
    auto item = std::make_unique<int>(7);
    (void)co_await channel.send(std::move(item));
    const std::optional<std::unique_ptr<int>> received = co_await channel.receive();
    co_return **received;
}

TEST_CASE("a channel carries items that only move", "[runtime]") {
    CHECK(test::run_to_end(send_and_receive_pointer()) == 7);
}

}  // namespace
}  // namespace trommel
