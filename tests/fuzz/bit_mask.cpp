// Any text is a mask that can be written, listed and built again, or a DataError.
#include "trommel/dataset/bit_mask.hpp"

#include "text.hpp"
#include "trommel/core/error.hpp"

using trommel::BitMask;
using trommel::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    BitMask mask;
    try {
        mask = BitMask::from_hex(trommel::test::text_of(data, size));
    } catch (const trommel::DataError&) {
        return 0;
    }
    require(BitMask::from_hex(mask.to_hex()) == mask);
    require(BitMask::of(mask.indices()) == mask);
    require(mask.indices().size() == mask.count());
    require((mask - mask).empty());
    require((BitMask::first(mask.end()) & mask) == mask);
    return 0;
}
