#include "trommel/dataset/bit_mask.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <string>
#include <vector>

namespace trommel {

namespace {

using Indices = std::vector<SampleIndex>;

BitMask mask(const Indices& indices) { return BitMask::of(indices); }

/// Every sample of [0, population) with probability one half, in a fixed way.
Indices half_of(std::size_t population) {
    Random random(7, 0, "bit_mask_test");
    Indices indices;
    for (std::size_t i = 0; i < population; ++i) {
        if (random.next() % 2 == 0) indices.push_back(static_cast<SampleIndex>(i));
    }
    return indices;
}

}  // namespace

TEST_CASE("a mask is written as Lightly writes it: sample 0 is the lowest bit", "[dataset]") {
    CHECK(BitMask::from_hex("0x59").indices() == Indices{0, 3, 4, 6});
    CHECK(mask({6, 0, 4, 3}).to_hex() == "0x59");
    CHECK(BitMask().to_hex() == "0x0");
    CHECK(mask({64}).to_hex() == "0x10000000000000000");
    CHECK(BitMask::first(70).to_hex() == "0x3fffffffffffffffff");
}

TEST_CASE("a mask is read in either case, with or without 0x and leading zeros", "[dataset]") {
    const auto expected = mask({1, 3, 5, 7, 68});

    CHECK(BitMask::from_hex("0x1000000000000000aa") == expected);
    CHECK(BitMask::from_hex("0X1000000000000000AA") == expected);
    CHECK(BitMask::from_hex("00000000000000001000000000000000aa") == expected);
    CHECK(BitMask::from_hex("0x0000").empty());
}

TEST_CASE("text that is not a hexadecimal number is not a mask", "[dataset]") {
    CHECK_THROWS_AS(BitMask::from_hex(""), DataError);
    CHECK_THROWS_WITH(BitMask::from_hex("0x"),
                      "a bit mask needs at least one hexadecimal digit; the empty one is 0x0");
    CHECK_THROWS_WITH(BitMask::from_hex("0x5g1"),
                      "a bit mask is written in hexadecimal digits, but character 4 of 5 is 'g'");
    for (const auto* text : {"-0x1", " 0x1", "0x1\n", "1_0", "0x0x1"})
        CHECK_THROWS_AS(BitMask::from_hex(text), DataError);
}

TEST_CASE("words read back as the mask that gave them", "[dataset]") {
    const auto m = mask({0, 63, 64, 200});

    const std::vector<std::uint64_t> words(m.words().begin(), m.words().end());

    CHECK(words.size() == 4);
    CHECK(BitMask::from_words(words) == m);
    CHECK(BitMask::from_words({5, 0, 0}) == mask({0, 2}));
}

TEST_CASE("samples come into a mask and leave it one at a time", "[dataset]") {
    BitMask m;

    m.insert(130);
    m.insert(2);
    CHECK(m.contains(130));
    CHECK_FALSE(m.contains(131));
    CHECK_FALSE(m.contains(100000));
    CHECK(m.count() == 2);
    CHECK(m.end() == 131);

    m.erase(130);
    m.erase(9999);
    CHECK(m == mask({2}));
    m.erase(2);
    CHECK(m.empty());
    CHECK(m.end() == 0);
}

TEST_CASE("the first n samples are 0 to n - 1", "[dataset]") {
    CHECK(BitMask::first(0).empty());
    for (const std::size_t n : {1, 63, 64, 65, 128}) {
        CHECK(BitMask::first(n).count() == n);
        CHECK(BitMask::first(n).end() == n);
    }
}

TEST_CASE("union, intersection and difference are those of sets", "[dataset]") {
    const auto a = mask({1, 5, 70});
    const auto b = mask({5, 200});

    CHECK((a | b) == mask({1, 5, 70, 200}));
    CHECK((b | a) == (a | b));
    CHECK((a & b) == mask({5}));
    CHECK((b & a) == mask({5}));
    CHECK((a - b) == mask({1, 70}));
    CHECK((b - a) == mask({200}));
    CHECK((a - a) == BitMask());
    CHECK(mask({}) == BitMask());
}

TEST_CASE("a million samples are written, read and listed in milliseconds", "[dataset]") {
    const auto chosen = half_of(1'000'000);
    const auto begin = std::clock();

    const auto m = BitMask::from_hex(BitMask::of(chosen).to_hex());

    CHECK(m.indices() == chosen);
    CHECK(m.count() == chosen.size());
    // 3 ms of CPU time at -O2. The bound leaves room for sanitizers.
    CHECK(std::clock() - begin < CLOCKS_PER_SEC / 2);
}

}  // namespace trommel
