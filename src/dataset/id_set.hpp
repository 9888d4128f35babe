#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace trommel::dataset {

/// Which numbers have been seen, in eight to sixteen bytes each: open addressing, at most 3/4 full.
class IdSet {
public:
    /// False if it was there.
    bool insert(std::int64_t id) {
        if (id == empty) {
            const bool is_new = !has_empty_;
            has_empty_ = true;
            return is_new;
        }
        if (4 * (count_ + 1) > 3 * slots_.size()) grow();
        return put(id);
    }

private:
    static constexpr std::int64_t empty = INT64_MIN;

    bool put(std::int64_t id) {
        // Fibonacci hashing: Knuth, TAOCP 3, 6.4.
        auto at = static_cast<std::size_t>(static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15U);
        at ^= at >> 32U;
        for (;; ++at) {
            auto& slot = slots_[at & (slots_.size() - 1)];
            if (slot == id) return false;
            if (slot != empty) continue;
            slot = id;
            ++count_;
            return true;
        }
    }

    void grow() {
        const auto old = std::move(slots_);
        slots_.assign(old.empty() ? 1024 : 2 * old.size(), empty);
        count_ = 0;
        for (const auto id : old)
            if (id != empty) put(id);
    }

    std::vector<std::int64_t> slots_;
    std::size_t count_ = 0;
    bool has_empty_ = false;
};

}  // namespace trommel::dataset
