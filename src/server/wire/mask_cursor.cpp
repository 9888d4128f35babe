#include "server/wire/mask_cursor.hpp"

#include <bit>
#include <cassert>

namespace trommel::server {

SampleIndex MaskCursor::at(std::size_t rank) {
    assert(rank_ <= rank && rank < count_ && "ranks are asked for in ascending order");
    auto left = static_cast<std::size_t>(std::popcount(rest_));
    while (rank_ + left <= rank) {
        rank_ += left;
        rest_ = mask_.words()[next_word_++];
        left = static_cast<std::size_t>(std::popcount(rest_));
    }
    for (; rank_ < rank; ++rank_) rest_ &= rest_ - 1;
    return static_cast<SampleIndex>((next_word_ - 1) * 64 +
                                    static_cast<std::size_t>(std::countr_zero(rest_)));
}

}  // namespace trommel::server
