#include "stages/join/name_join.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

namespace trommel::stages {
namespace {

/// Three samples, of which b and c are in the query set.
TagSet three() {
    TagSet tags;
    tags.dataset.name = "three";
    tags.names =
        std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b", "c"});
    tags.query.name = "some";
    tags.query.mask.insert(1);
    tags.query.mask.insert(2);
    return tags;
}

}  // namespace

TEST_CASE("names are found in the query set, passed over outside it, and remembered if unknown",
          "[stages]") {
    const auto tags = three();
    NameJoin names(tags, "p.csv");
    CHECK(names.find("b", 2) == SampleIndex{1});
    CHECK(names.find("a", 3) == std::nullopt);
    CHECK_NOTHROW(names.check());
    CHECK(names.find("x", 4) == std::nullopt);
    CHECK(names.find("y", 5) == std::nullopt);
    CHECK_THROWS_WITH(names.check(), "p.csv:4: 2 samples not in dataset 'three': x, y");
}

TEST_CASE("a name that a file has twice is refused with both lines", "[stages]") {
    const auto tags = three();
    NameJoin names(tags, "p.csv");
    names.find("b", 2);
    CHECK_THROWS_WITH(names.find("b", 7), "p.csv:7: sample 'b' is there twice, first in line 2");
}

TEST_CASE("coverage is complete when each sample of the query set came once", "[stages]") {
    const auto tags = three();
    Coverage coverage(tags, "a score");
    coverage.add(2);
    CHECK_THROWS_WITH(coverage.check(), "1 sample of tag 'some' came without a score: b");
    coverage.add(1);
    CHECK_NOTHROW(coverage.check());
    coverage.add(1);
    CHECK_THROWS_AS(coverage.check(), DataError);
}

}  // namespace trommel::stages
