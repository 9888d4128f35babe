// Memory: how many bytes the requests and answers under way hold together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace trommel::http {

/// One loop only; outlives its shares.
class Memory {
public:
    explicit Memory(std::uint64_t limit) : limit_(limit) {}
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() = default;

    std::uint64_t held() const { return held_; }

    /// What one of them holds, until it is released or dies.
    class Share {
    public:
        explicit Share(Memory& memory) : memory_(memory) {}
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        ~Share() { release(); }

        /// Counts what is there anyway.
        void add(std::uint64_t bytes) {
            bytes_ += bytes;
            memory_.held_ += bytes;
        }
        /// Whether there is room for as much; only then it counts.
        bool take(std::uint64_t bytes) {
            if (bytes > memory_.limit_ || memory_.held_ > memory_.limit_ - bytes) return false;
            add(bytes);
            return true;
        }
        void release() { memory_.held_ -= std::exchange(bytes_, 0); }

    private:
        Memory& memory_;
        std::uint64_t bytes_ = 0;
    };

private:
    std::uint64_t limit_;
    std::uint64_t held_ = 0;
};

}  // namespace trommel::http
