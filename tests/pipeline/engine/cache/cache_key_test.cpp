#include "pipeline/engine/cache/cache_key.hpp"

#include "pipeline/engine/cache/stage_cache.hpp"

#include <catch2/catch.hpp>

namespace trommel {
namespace {

TEST_CASE("the key is one of all parts", "[cache]") {
    const KeyParts parts{{"kind", "train"}, {"seed", "1"}};
    CHECK(digest_of(parts) == digest_of(KeyParts{{"seed", "1"}, {"kind", "train"}}));
    CHECK(digest_of(parts) != digest_of(KeyParts{{"kind", "train"}, {"seed", "2"}}));
    CHECK(digest_of(parts) != digest_of(KeyParts{{"kind", "train"}}));
    CHECK(digest_of(parts) != digest_of(KeyParts{{"kind", "train1"}, {"seed", ""}}));
}

TEST_CASE("differences are told part by part", "[cache]") {
    const KeyParts before{{"option.c", "1"}, {"file.a.py", "abc"}, {"seed", "1"}, {"version", "1"}};
    const KeyParts now{{"option.c", "0.5"}, {"file.b.py", "def"}, {"seed", "1"}, {"version", "2"}};
    CHECK(differences(before, before).empty());
    CHECK(differences(before, now) ==
          std::vector<std::string>{"file a.py is gone",
                                   "file b.py is new",
                                   "option 'c' was 1, is 0.5",
                                   "the version of this kind of stage was 1, is 2"});
}

TEST_CASE("what is nearest differs in the fewest parts", "[cache]") {
    const KeyParts now{{"option.c", "1"}, {"round", "2"}, {"seed", "1"}};
    const KeyParts near{{"option.c", "1"}, {"round", "1"}, {"seed", "1"}};
    const KeyParts far{{"option.c", "2"}, {"round", "2"}, {"seed", "3"}};
    CHECK(*nearest({far, near}, now) == near);
    CHECK(nearest({}, now) == nullptr);
}

TEST_CASE("the parts of a key are read as they were written", "[cache]") {
    const KeyParts parts{{"option.command", "- sh\n- \"a b\""}, {"seed", "1"}};
    CHECK(parse_parts(to_json_text(parts)) == parts);
    CHECK_FALSE(parse_parts("{\"seed\":"));
}

}  // namespace
}  // namespace trommel
