// Turns: who works on a thing, where only one may at a time.
#pragma once

#include "trommel/runtime/bell.hpp"

#include <asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace trommel {

/// One loop only; outlives its turns.
class Turns {
public:
    /// Whose turn it is, until it dies.
    class Turn {
    public:
        Turn(Turns& turns, std::string thing) : turns_(&turns), thing_(std::move(thing)) {}
        Turn(Turn&& other) noexcept
            : turns_(std::exchange(other.turns_, nullptr)), thing_(std::move(other.thing_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (turns_ != nullptr) turns_->end(thing_);
        }

    private:
        Turns* turns_;
        std::string thing_;
    };

    /// Waits until nobody else works on this thing.
    asio::awaitable<Turn> take(std::string thing);

private:
    void end(const std::string& thing) noexcept;

    std::map<std::string, std::shared_ptr<Bell>> taken_;  ///< and what rings at the end of each
};

}  // namespace trommel
