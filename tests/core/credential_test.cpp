#include "trommel/core/credential.hpp"

#include "trommel/core/digest.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("no credential is empty, short or blank", "[core]") {
    for (const auto* text : {"",
                             " ",
                             "\n",
                             "\r\n",
                             "x",
                             "fifteen-letters",
                             "                    ",
                             "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
                             "sixteen letters!",
                             "sixteen-letters\n",
                             "ünverfälschtes-wort"}) {
        CHECK(Credential::fault_of(text));
        CHECK_FALSE(Credential::parse(text));
    }
    const auto good = Credential::parse("sixteen-letters!");
    REQUIRE(good);
    CHECK(good->text() == "sixteen-letters!");
    CHECK(Credential::fault_of(std::string(5000, 'x')));
}

TEST_CASE("the digest of nothing is known", "[core]") {
    for (const auto* text : {"", "\n", " ", "\r\n", "\t", "  ", "\n\n", " \n", "        "})
        CHECK(is_digest_of_nothing(sha256(text)));
    CHECK(is_digest_of_nothing(sha256(std::string_view("\0", 1))));
    CHECK_FALSE(is_digest_of_nothing(sha256("sixteen-letters!")));
}

}  // namespace trommel
