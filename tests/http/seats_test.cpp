#include "http/seats.hpp"

#include "http/peer.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace trommel::http {
namespace {

using Doing = Seats::Doing;

/// Connections with names, and in which order they had to leave.
class Crowd {
public:
    explicit Crowd(Seats::Limits limits) : seats_(limits) {}

    bool enter(const std::string& name, Doing doing, const std::string& network = "") {
        if (!seats_.make_room(network)) return false;
        guests_.push_back(std::make_unique<Person>(*this, name, network));
        guests_.back()->seat.now(doing);
        return true;
    }
    bool enter_known(const std::string& name, Doing doing) {
        if (!enter(name, doing)) return false;
        guests_.back()->seat.recognize();
        return true;
    }

    Seats& seats() { return seats_; }
    std::string left;

private:
    struct Person final : Seats::Guest {
        Person(Crowd& all, std::string called, const std::string& network)
            : crowd(all), name(std::move(called)), seat(all.seats_, *this, network) {}
        void leave() override { crowd.left += name; }

        Crowd& crowd;
        std::string name;
        Seats::Seat seat;
    };

    Seats seats_;
    std::vector<std::unique_ptr<Person>> guests_;
};

}  // namespace

TEST_CASE("the one that has been idle the longest leaves first", "[http]") {
    Crowd crowd({.all = 3, .strangers = 3, .per_network = 3});
    crowd.enter("a", Doing::receiving);
    crowd.enter("b", Doing::idle);
    crowd.enter("c", Doing::idle);
    CHECK(crowd.left.empty());
    CHECK(crowd.enter("d", Doing::receiving));
    CHECK(crowd.enter("e", Doing::receiving));
    CHECK(crowd.left == "bc");
    CHECK(crowd.seats().size() == 3);
}

TEST_CASE("where none is idle the stranger leaves that has been sending the longest", "[http]") {
    Crowd crowd({.all = 3, .strangers = 3, .per_network = 3});
    crowd.enter("a", Doing::answering);
    crowd.enter("b", Doing::receiving);
    crowd.enter("c", Doing::receiving);
    CHECK(crowd.enter("d", Doing::answering));
    CHECK(crowd.enter("e", Doing::answering));
    CHECK(crowd.enter("f", Doing::answering));
    CHECK(crowd.left == "bca");
}

TEST_CASE("who is known leaves only when idle", "[http]") {
    Crowd crowd({.all = 3, .strangers = 3, .per_network = 3});
    crowd.enter_known("a", Doing::receiving);
    crowd.enter_known("b", Doing::idle);
    crowd.enter_known("c", Doing::answering);
    CHECK(crowd.enter_known("d", Doing::receiving));
    CHECK_FALSE(crowd.enter("e", Doing::receiving));
    CHECK_FALSE(crowd.seats().shed());
    CHECK(crowd.left == "b");
}

TEST_CASE("strangers fill their part alone", "[http]") {
    Crowd crowd({.all = 4, .strangers = 2, .per_network = 4});
    crowd.enter_known("a", Doing::idle);
    for (const auto* name : {"b", "c", "d", "e"}) CHECK(crowd.enter(name, Doing::receiving));
    CHECK(crowd.left == "bc");
    CHECK(crowd.seats().size() == 3);
    CHECK(crowd.enter_known("f", Doing::answering));
    CHECK(crowd.left == "bcd");
}

TEST_CASE("a network that has its share makes room for itself", "[http]") {
    Crowd crowd({.all = 9, .strangers = 9, .per_network = 2});
    crowd.enter("a", Doing::idle, "x");
    crowd.enter("b", Doing::receiving, "y");
    crowd.enter("c", Doing::receiving, "y");
    CHECK(crowd.enter("d", Doing::receiving, "y"));
    CHECK(crowd.left == "b");
    CHECK(crowd.enter("e", Doing::receiving, "x"));
    CHECK(crowd.enter("f", Doing::receiving, ""));
    CHECK(crowd.left == "b");
}

TEST_CASE("an address of version 6 counts with its /64, one of version 4 alone", "[http]") {
    const auto network = [](const char* text) { return network_of(asio::ip::make_address(text)); };
    CHECK(network("192.0.2.1") == "192.0.2.1");
    CHECK(network("::ffff:192.0.2.1") == "192.0.2.1");
    CHECK(network("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::");
    CHECK(network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::"));
    CHECK(network("2001:db8:1:3::7") != network("2001:db8:1:2::7"));
}

}  // namespace trommel::http
