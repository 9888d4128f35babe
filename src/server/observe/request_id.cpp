#include "server/observe/request_id.hpp"

#include <algorithm>
#include <random>
#include <string_view>

namespace trommel::server {

namespace {

bool is_id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= most_of_request_id &&
           std::ranges::all_of(text, is_id_character);
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): neighbours become unlike.
std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

}  // namespace

RequestIds::RequestIds() {
    std::random_device device;
    next_ = (std::uint64_t{device()} << 32U) | device();
}

/// Thirteen digits of five bits: short enough to need no memory of its own.
std::string RequestIds::make() {
    constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
    next_ += 0x9E3779B97F4A7C15U;
    auto bits = mixed(next_);
    std::string id(13, '0');
    for (auto& digit : id) {
        digit = digits[bits & 31U];
        bits >>= 5U;
    }
    return id;
}

std::string RequestIds::of(const http::Headers& headers) {
    const auto given = headers.get(request_id_header);
    if (!is_request_id(given)) return make();
    return std::string(given);
}

}  // namespace trommel::server
