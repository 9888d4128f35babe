// HMAC and base64, held against the examples of their RFCs.

#include "trommel/core/hmac.hpp"

#include "trommel/core/base64.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("a text is signed as RFC 4231 has it", "[core]") {
    // Test cases 1, 2 and 6: a short key, a text as the key, a key longer than a block.
    CHECK(to_base64(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c=");
    CHECK(hmac_sha256("Jefe", "what do ya want for nothing?").substr(0, 4) == "\x5b\xdc\xc1\x46");
    CHECK(hmac_sha256(std::string(131, '\xaa'),
                      "Test Using Larger Than Block-Size Key - Hash Key First")
              .substr(0, 4) == "\x60\xe4\x31\x59");
}

TEST_CASE("bytes are written in base64 as RFC 4648 has it, and read back", "[core]") {
    const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                            {"f", "Zg=="},
                                                            {"fo", "Zm8="},
                                                            {"foo", "Zm9v"},
                                                            {"foob", "Zm9vYg=="},
                                                            {"fooba", "Zm9vYmE="},
                                                            {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : examples) {
        CHECK(to_base64(bytes) == text);
        CHECK(from_base64(text) == bytes);
    }
    const std::string all("\0\xff\x80 \n", 5);
    CHECK(from_base64(to_base64(all)) == all);
}

TEST_CASE("what is not base64 is not read as some", "[core]") {
    for (const auto* text :
         {"Zg", "Zg=", "Z===", "====", "Zm9v\n", " Zm9v", "Zm-v", "Zm=v", "Zg==Zg=="})
        CHECK(!from_base64(text));
}

}  // namespace trommel
