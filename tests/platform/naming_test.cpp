#include "trommel/platform/naming.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel {

TEST_CASE("ids are 24 hex digits and never the same", "[platform]") {
    std::set<std::string> ids;
    for (int i = 0; i < 10000; ++i) ids.insert(new_id());
    CHECK(ids.size() == 10000);
    for (const auto& id : ids) {
        CHECK(id.size() == 24);
        CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    }
}

}  // namespace trommel
