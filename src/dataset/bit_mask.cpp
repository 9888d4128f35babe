#include "trommel/dataset/bit_mask.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace trommel {

namespace {

constexpr std::size_t word_bits = 64;
constexpr std::size_t word_digits = word_bits / 4;

std::uint64_t bit_of(SampleIndex sample) { return std::uint64_t{1} << (sample % word_bits); }

std::uint64_t digit_value(std::string_view text, std::size_t i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<std::uint64_t>(c - 'A') + 10;
    throw DataError(
        fmt::format("a bit mask is written in hexadecimal digits, but character {} of {} is {:?}",
                    i + 1,
                    text.size(),
                    c));
}

std::size_t prefix_length(std::string_view text) {
    return text.starts_with("0x") || text.starts_with("0X") ? 2 : 0;
}

}  // namespace

BitMask BitMask::first(std::size_t count) {
    BitMask mask;
    mask.words_.assign(count / word_bits, ~std::uint64_t{0});
    if (const auto rest = count % word_bits; rest > 0)
        mask.words_.push_back((std::uint64_t{1} << rest) - 1);
    return mask;
}

BitMask BitMask::of(std::span<const SampleIndex> indices) {
    BitMask mask;
    if (indices.empty()) return mask;
    mask.words_.resize(*std::max_element(indices.begin(), indices.end()) / word_bits + 1);
    for (const auto sample : indices) mask.words_[sample / word_bits] |= bit_of(sample);
    return mask;
}

BitMask BitMask::from_hex(std::string_view text) {
    const auto prefix = prefix_length(text);
    if (text.size() == prefix)
        throw DataError("a bit mask needs at least one hexadecimal digit; the empty one is 0x0");
    BitMask mask;
    const auto digits = text.size() - prefix;
    mask.words_.resize((digits + word_digits - 1) / word_digits);
    for (std::size_t k = 0; k < digits; ++k)
        mask.words_[k / word_digits] |= digit_value(text, text.size() - 1 - k)
                                        << (k % word_digits * 4);
    mask.drop_empty_words();
    return mask;
}

BitMask BitMask::from_words(std::vector<std::uint64_t> words) {
    BitMask mask;
    mask.words_ = std::move(words);
    mask.drop_empty_words();
    return mask;
}

std::string BitMask::to_hex() const {
    if (words_.empty()) return "0x0";
    auto text = fmt::format("{:#x}", words_.back());
    text.reserve(text.size() + (words_.size() - 1) * word_digits);
    for (auto word = words_.rbegin() + 1; word != words_.rend(); ++word)
        fmt::format_to(std::back_inserter(text), "{:016x}", *word);
    return text;
}

bool BitMask::contains(SampleIndex sample) const {
    const auto word = sample / word_bits;
    return word < words_.size() && (words_[word] & bit_of(sample)) != 0;
}

void BitMask::insert(SampleIndex sample) {
    const auto word = sample / word_bits;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= bit_of(sample);
}

void BitMask::erase(SampleIndex sample) {
    const auto word = sample / word_bits;
    if (word >= words_.size()) return;
    words_[word] &= ~bit_of(sample);
    drop_empty_words();
}

std::size_t BitMask::count() const {
    std::size_t sum = 0;
    for (const auto word : words_) sum += static_cast<std::size_t>(std::popcount(word));
    return sum;
}

std::size_t BitMask::end() const {
    if (words_.empty()) return 0;
    return (words_.size() - 1) * word_bits +
           static_cast<std::size_t>(std::bit_width(words_.back()));
}

std::vector<SampleIndex> BitMask::indices() const {
    std::vector<SampleIndex> samples;
    samples.reserve(count());
    for (std::size_t i = 0; i < words_.size(); ++i) {
        for (auto rest = words_[i]; rest != 0; rest &= rest - 1)
            samples.push_back(static_cast<SampleIndex>(
                i * word_bits + static_cast<std::size_t>(std::countr_zero(rest))));
    }
    return samples;
}

BitMask& BitMask::operator|=(const BitMask& other) {
    words_.resize(std::max(words_.size(), other.words_.size()));
    for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
}

BitMask& BitMask::operator&=(const BitMask& other) {
    words_.resize(std::min(words_.size(), other.words_.size()));
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    drop_empty_words();
    return *this;
}

BitMask& BitMask::operator-=(const BitMask& other) {
    const auto shared = std::min(words_.size(), other.words_.size());
    for (std::size_t i = 0; i < shared; ++i) words_[i] &= ~other.words_[i];
    drop_empty_words();
    return *this;
}

void BitMask::drop_empty_words() {
    while (!words_.empty() && words_.back() == 0) words_.pop_back();
}

}  // namespace trommel
