#include "trommel/core/machine.hpp"

#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("the machine has some memory", "[core]") {
    CHECK(machine_memory() > std::size_t{64} << 20U);
    CHECK(machine_memory() < std::size_t{1} << 50U);
}

TEST_CASE("bytes are told in whole mebibytes, rounded up", "[core]") {
    CHECK(in_mebibytes(0) == "0 MiB");
    CHECK(in_mebibytes(1) == "1 MiB");
    CHECK(in_mebibytes(std::size_t{1} << 30U) == "1,024 MiB");
}

}  // namespace trommel
