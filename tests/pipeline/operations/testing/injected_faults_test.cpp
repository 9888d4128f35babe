#include "pipeline/operations/testing/injected_faults.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Kind = FaultSpec::Kind;

namespace {

FaultSpec fault(Kind kind, std::optional<std::uint32_t> round, std::int64_t attempts = 1) {
    FaultSpec spec;
    spec.kind = kind;
    spec.stage = kind == Kind::kill ? "" : "upload";
    spec.round = round;
    spec.attempts = attempts;
    return spec;
}

}  // namespace

TEST_CASE("faults of a stage strike its attempts one after the other", "[tests]") {
    const std::vector<FaultSpec> specs{fault(Kind::transient, 2, 2), fault(Kind::hang, {})};
    InjectedFaults faults(specs);

    CHECK(faults.strike("upload", 1, 1) == AttemptFault::hang);
    CHECK(faults.strike("upload", 1, 2) == AttemptFault::none);
    CHECK(faults.strike("upload", 2, 1) == AttemptFault::transient);
    CHECK(faults.strike("upload", 2, 2) == AttemptFault::transient);
    CHECK(faults.strike("upload", 2, 3) == AttemptFault::hang);
    CHECK(faults.strike("upload", 2, 4) == AttemptFault::none);
    CHECK(faults.strike("score", 2, 1) == AttemptFault::none);
}

TEST_CASE("the attempts of a stage are the most that it took at once", "[tests]") {
    const std::vector<FaultSpec> none;
    InjectedFaults faults(none);
    faults.strike("upload", 1, 1);
    faults.strike("upload", 1, 2);
    faults.strike("upload", 2, 1);

    CHECK(faults.attempts("upload") == 2);
    CHECK(faults.attempts("score") == 0);
}

TEST_CASE("a kill happens once, and what never happened is idle", "[tests]") {
    const std::vector<FaultSpec> specs{fault(Kind::kill, 2), fault(Kind::transient, 9)};
    InjectedFaults faults(specs);

    CHECK_FALSE(faults.kills_after(1));
    CHECK(faults.kills_after(2));
    CHECK_FALSE(faults.kills_after(2));
    REQUIRE(faults.idle().size() == 1);
    CHECK(faults.idle()[0] == &specs[1]);
}

}  // namespace trommel
