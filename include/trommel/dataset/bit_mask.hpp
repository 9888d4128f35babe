#pragma once

#include "trommel/core/sample.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// A set of samples: bit i, counted from the least significant, says whether sample i belongs.
///
/// The value of Lightly's tags, so it is written as they are: `0x59` is {0, 3, 4, 6}. It has no
/// length of its own; bits that were never set are zero. All set operations are O(words).
class BitMask {
public:
    BitMask() = default;

    /// Samples 0 to `count` - 1.
    static BitMask first(std::size_t count);

    /// The samples named by `indices`, in any order.
    static BitMask of(std::span<const SampleIndex> indices);

    /// Hexadecimal digits of either case, with or without `0x`; throws DataError on anything else.
    static BitMask from_hex(std::string_view text);

    /// 64 samples a word, lowest first: how a store keeps a mask.
    static BitMask from_words(std::vector<std::uint64_t> words);

    /// Lower case, `0x` before, no leading zeros; the empty set is `0x0`.
    std::string to_hex() const;

    std::span<const std::uint64_t> words() const { return words_; }

    bool contains(SampleIndex sample) const;
    void insert(SampleIndex sample);
    void erase(SampleIndex sample);

    std::size_t count() const;
    bool empty() const { return words_.empty(); }

    /// One more than the highest sample, 0 for the empty set.
    std::size_t end() const;

    /// The samples, ascending.
    std::vector<SampleIndex> indices() const;

    BitMask& operator|=(const BitMask& other);
    BitMask& operator&=(const BitMask& other);
    BitMask& operator-=(const BitMask& other);
    friend BitMask operator|(BitMask a, const BitMask& b) { return a |= b; }
    friend BitMask operator&(BitMask a, const BitMask& b) { return a &= b; }
    friend BitMask operator-(BitMask a, const BitMask& b) { return a -= b; }
    friend bool operator==(const BitMask&, const BitMask&) = default;

private:
    void drop_empty_words();

    std::vector<std::uint64_t> words_;  ///< the last one is not zero, so that == compares values
};

}  // namespace trommel
