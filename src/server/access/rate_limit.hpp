// RateLimit: how often somebody may do something.
#pragma once

#include "trommel/server/options/server_options.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace trommel::server {

/// A token bucket for each key, kept as the one time at which it is full again (the generic cell
/// rate algorithm, ITU-T I.371). Of more keys than it can hold those beyond share a bucket.
class RateLimit {
public:
    using Clock = std::chrono::steady_clock;

    explicit RateLimit(Rate rate) : rate_(rate) {}

    /// Takes one from the bucket of `key`; if it is empty, how long until there is one.
    std::optional<Clock::duration> take(const std::string& key, Clock::time_point now);
    /// The same for the address of a peer: of this machine's own none, if they are spared.
    std::optional<Clock::duration> take_of(const std::string& address, Clock::time_point now);

    std::size_t keys() const { return full_again_.size(); }
    static constexpr std::size_t max_keys = 65'536;

private:
    std::optional<Clock::duration> wait(Clock::time_point full_again, Clock::time_point now) const;
    void forget_full(Clock::time_point now);

    Rate rate_;
    std::unordered_map<std::string, Clock::time_point> full_again_;
};

/// What an address counts as: itself, or of IPv6 the network of 64 bits that one host may have.
std::string network_of(const std::string& address);
bool is_of_this_machine(const std::string& address);

}  // namespace trommel::server
