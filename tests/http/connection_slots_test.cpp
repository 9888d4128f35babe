#include "http/connection_slots.hpp"

#include "http/peer.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace trommel::http {
namespace {

using Activity = ConnectionSlots::Activity;

/// Connections with names, and in which order they had to leave.
class Crowd {
public:
    explicit Crowd(ConnectionSlots::Limits limits) : slots_(limits) {}

    bool enter(const std::string& name, Activity activity, const std::string& network = "") {
        if (!slots_.make_room(network)) return false;
        guests_.push_back(std::make_unique<Person>(*this, name, network));
        guests_.back()->slot.now(activity);
        return true;
    }
    bool enter_known(const std::string& name, Activity activity) {
        if (!enter(name, activity)) return false;
        guests_.back()->slot.recognize();
        return true;
    }

    ConnectionSlots& slots() { return slots_; }
    std::string left;

private:
    struct Person final : ConnectionSlots::Holder {
        Person(Crowd& all, std::string called, const std::string& network)
            : crowd(all), name(std::move(called)), slot(all.slots_, *this, network) {}
        void leave() override { crowd.left += name; }

        Crowd& crowd;
        std::string name;
        ConnectionSlots::Slot slot;
    };

    ConnectionSlots slots_;
    std::vector<std::unique_ptr<Person>> guests_;
};

}  // namespace

TEST_CASE("the one that has been idle the longest leaves first", "[http]") {
    Crowd crowd({.all = 3, .strangers = 3, .per_network = 3});
    crowd.enter("a", Activity::receiving);
    crowd.enter("b", Activity::idle);
    crowd.enter("c", Activity::idle);
    CHECK(crowd.left.empty());
    CHECK(crowd.enter("d", Activity::receiving));
    CHECK(crowd.enter("e", Activity::receiving));
    CHECK(crowd.left == "bc");
    CHECK(crowd.slots().size() == 3);
}

TEST_CASE("where none is idle the stranger leaves that has been sending the longest", "[http]") {
    Crowd crowd({.all = 3, .strangers = 3, .per_network = 3});
    crowd.enter("a", Activity::answering);
    crowd.enter("b", Activity::receiving);
    crowd.enter("c", Activity::receiving);
    CHECK(crowd.enter("d", Activity::answering));
    CHECK(crowd.enter("e", Activity::answering));
    CHECK(crowd.enter("f", Activity::answering));
    CHECK(crowd.left == "bca");
}

TEST_CASE("who is known leaves only when idle", "[http]") {
    Crowd crowd({.all = 3, .strangers = 3, .per_network = 3});
    crowd.enter_known("a", Activity::receiving);
    crowd.enter_known("b", Activity::idle);
    crowd.enter_known("c", Activity::answering);
    CHECK(crowd.enter_known("d", Activity::receiving));
    CHECK_FALSE(crowd.enter("e", Activity::receiving));
    CHECK_FALSE(crowd.slots().shed());
    CHECK(crowd.left == "b");
}

TEST_CASE("strangers fill their part alone", "[http]") {
    Crowd crowd({.all = 4, .strangers = 2, .per_network = 4});
    crowd.enter_known("a", Activity::idle);
    for (const auto* name : {"b", "c", "d", "e"}) CHECK(crowd.enter(name, Activity::receiving));
    CHECK(crowd.left == "bc");
    CHECK(crowd.slots().size() == 3);
    CHECK(crowd.enter_known("f", Activity::answering));
    CHECK(crowd.left == "bcd");
}

TEST_CASE("a network that has its share makes room for itself", "[http]") {
    Crowd crowd({.all = 9, .strangers = 9, .per_network = 2});
    crowd.enter("a", Activity::idle, "x");
    crowd.enter("b", Activity::receiving, "y");
    crowd.enter("c", Activity::receiving, "y");
    CHECK(crowd.enter("d", Activity::receiving, "y"));
    CHECK(crowd.left == "b");
    CHECK(crowd.enter("e", Activity::receiving, "x"));
    CHECK(crowd.enter("f", Activity::receiving, ""));
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
