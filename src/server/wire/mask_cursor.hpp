// MaskCursor: the samples of a mask one after another, without a list of them.
#pragma once

#include "trommel/dataset/bit_mask.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace trommel::server {

/// For an answer that is sent while others wait: of a million samples it takes 125 kB, a list of
/// them 4 MB.
class MaskCursor {
public:
    explicit MaskCursor(BitMask mask) : mask_(std::move(mask)), count_(mask_.count()) {}

    std::size_t count() const { return count_; }
    /// The sample of this rank, which is below the count. Asked for in ascending order, each as
    /// often as one likes.
    SampleIndex at(std::size_t rank);
    /// Bytes of memory.
    std::size_t held() const { return mask_.words().size_bytes(); }

private:
    BitMask mask_;
    std::size_t count_;
    std::size_t next_word_ = 0;
    std::uint64_t rest_ = 0;  ///< of the word before it: from the rank on
    std::size_t rank_ = 0;    ///< of the lowest bit of the rest
};

}  // namespace trommel::server
