#include "server/access/rate_limit.hpp"

#include <asio/ip/address.hpp>

#include <algorithm>

namespace trommel::server {

namespace {

RateLimit::Clock::duration seconds_of(double seconds) {
    return std::chrono::duration_cast<RateLimit::Clock::duration>(
        std::chrono::duration<double>(seconds));
}

}  // namespace

std::optional<RateLimit::Clock::duration> RateLimit::wait(Clock::time_point full_again,
                                                          Clock::time_point now) const {
    const auto each = seconds_of(1 / rate_.per_second);
    const auto whole = seconds_of(rate_.burst / rate_.per_second);
    const auto allowed_at = std::max(full_again, now) + each - whole;
    if (allowed_at <= now) return std::nullopt;
    return allowed_at - now;
}

std::optional<RateLimit::Clock::duration> RateLimit::take(const std::string& key,
                                                          Clock::time_point now) {
    if (rate_.per_second <= 0) return std::nullopt;
    if (full_again_.size() >= max_keys && !full_again_.contains(key)) forget_full(now);
    const bool has_room = full_again_.size() < max_keys || full_again_.contains(key);
    auto& full_again = full_again_[has_room ? key : std::string()];
    if (const auto wanting = wait(full_again, now)) return wanting;
    full_again = std::max(full_again, now) + seconds_of(1 / rate_.per_second);
    return std::nullopt;
}

void RateLimit::forget_full(Clock::time_point now) {
    std::erase_if(full_again_, [&](const auto& each) { return each.second <= now; });
}

std::optional<RateLimit::Clock::duration> RateLimit::take_of(const std::string& address,
                                                             Clock::time_point now) {
    if (rate_.spares_own_machine && is_of_this_machine(address)) return std::nullopt;
    return take(network_of(address), now);
}

std::string network_of(const std::string& address) {
    std::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error || !parsed.is_v6() || parsed.to_v6().is_v4_mapped()) return address;
    auto bytes = parsed.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

bool is_of_this_machine(const std::string& address) {
    std::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    return !error && parsed.is_loopback();
}

}  // namespace trommel::server
