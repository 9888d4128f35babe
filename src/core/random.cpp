#include "trommel/core/random.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <cassert>
#include <numeric>

namespace trommel {
namespace {

/// FNV-1a, 64 bits: a stage's name as a number that no compiler or platform changes.
/// Fowler, Noll, Vo; IETF draft-eastlake-fnv.
std::uint64_t hash(std::string_view text) {
    std::uint64_t h = 0xcbf29ce484222325;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return h;
}

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

Random::Random(std::uint64_t seed, std::uint32_t round, std::string_view stage)
    : key_{low(seed), high(seed)}, counter_{0, round, low(hash(stage)), high(hash(stage))} {}

std::uint64_t Random::next() {
    if (used_ == 4) {
        const r123::Philox4x32::ctr_type counter{
            {counter_[0], counter_[1], counter_[2], counter_[3]}};
        const r123::Philox4x32::key_type key{{key_[0], key_[1]}};
        const auto block = r123::Philox4x32{}(counter, key);
        std::copy(block.begin(), block.end(), block_.begin());
        ++counter_[0];  // 2^33 numbers a stream, more than any pool has samples
        used_ = 0;
    }
    const std::uint64_t number = block_[used_] | (std::uint64_t{block_[used_ + 1]} << 32);
    used_ += 2;
    return number;
}

std::uint64_t Random::below(std::uint64_t bound) {
    assert(bound > 0);
    const std::uint64_t unbiased = bound * (UINT64_MAX / bound);
    std::uint64_t number = next();
    while (number >= unbiased) number = next();
    return number % bound;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

std::vector<std::size_t> draw(Random& random, std::size_t count, std::size_t population) {
    assert(count <= population);
    std::vector<std::size_t> positions(population);
    std::iota(positions.begin(), positions.end(), std::size_t{0});
    for (std::size_t i = 0; i < count; ++i) {
        const auto j = i + random.below(population - i);
        std::swap(positions[i], positions[j]);
    }
    positions.resize(count);
    return positions;
}

}  // namespace trommel
