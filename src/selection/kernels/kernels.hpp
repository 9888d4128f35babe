// The inner loops of selection, chosen at run time by what the processor can do.
//
// Every set returns the same bits. The distance is defined in distance.hpp; the codes are integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace trommel::selection {

/// Centres come in blocks of this many.
inline constexpr std::size_t block_size = 16;
/// Rows that `filter` takes at once, and `tile`.
inline constexpr std::size_t filter_rows = 8;
inline constexpr std::size_t tile_rows = 4;

/// One embedding in 8-bit codes: x is about mean + step * code.
struct Encoding {
    std::int32_t norm = 0;  ///< the sum of squared codes
    float residual = 0;     ///< the computed length of x - (mean + step * code)
};

/// How values become codes: the nearest multiple of `step`, cut off at `most` of them.
struct CodeScale {
    float step = 0;
    std::int32_t most = 127;  ///< at most Kernels::most_code

    /// What is added to a code to make an unsigned byte of it.
    std::int32_t raise() const { return most + 1; }
};

struct NearestCode {
    std::size_t index = 0;
    float square = 0;  ///< the squared distance of the codes
};

/// Rows whose codes are compared with a block's: bytes are codes raised.
// NOLINTBEGIN(modernize-avoid-c-arrays): files that are compiled for one processor share no
// functions, as those of std::array would be.
struct CodedRows {
    const std::uint8_t* bytes[filter_rows];
    std::int32_t norms[filter_rows];
    float reach[filter_rows];  ///< in steps: how far a centre may be that matters
};
// NOLINTEND(modernize-avoid-c-arrays)

/// Block of centres in codes: `codes` (bytes / 4, block_size, 4), so that a register holds four
/// dimensions of all centres.
struct CodedBlock {
    const std::int8_t* codes;
    const std::int32_t* offsets;  ///< (block_size) norm + 2 * raise * sum of codes
    const float* errors;          ///< (block_size) of the centres' codes, in steps
};

/// Rows of a block side by side: `values` (width, block_size), so that a register holds one
/// dimension of all rows; `width` is 4, 8 or 16, and what is beyond the dimensions is 0, in centres
/// too.
struct SideBySide {
    const float* values;
    std::size_t width;
    float* squared;          ///< (block_size) to the nearest centre
    std::uint32_t* nearest;  ///< (block_size) that centre
};

struct Kernels {
    std::string_view name;

    /// The largest code that products do not overflow with.
    std::int32_t most_code;

    /// squared[i] = squared_distance(row i, center) of rows that lie `stride` floats apart. One
    /// after the other: rows read in lock step defeat the processor's prefetcher.
    void (*stream)(const float* first,
                   std::size_t stride,
                   std::size_t count,
                   const float* center,
                   std::size_t dimensions,
                   float* squared);

    /// squared[i] = squared_distance(rows[i], center), for rows in cache.
    void (*to_center)(const float* const* rows,
                      std::size_t count,
                      const float* center,
                      std::size_t dimensions,
                      float* squared);

    /// squared[i * 4 + j] = squared_distance(rows[i], centers[j]), for 4 rows and 4 centres.
    void (*tile)(const float* const* rows,
                 const float* const* centers,
                 std::size_t dimensions,
                 float* squared);

    /// Codes of `row`, raised; halves go to the even. `code` has room for `bytes`; those beyond
    /// `dimensions` mean 0.
    Encoding (*encode)(const float* row,
                       const float* mean,
                       const CodeScale& scale,
                       std::size_t dimensions,
                       std::uint8_t* code,
                       std::size_t bytes);

    /// Of centres given by their codes, at least one, that whose codes are nearest to those of
    /// `row`; of equals the first. `norm` is that of the row, offsets[i] that of centers[i].
    NearestCode (*nearest_code)(const std::uint8_t* row,
                                std::int32_t norm,
                                const std::int8_t* const* centers,
                                const std::int32_t* offsets,
                                std::size_t count,
                                std::size_t bytes);

    /// squares (filter_rows, block_size) = squared distances of codes; bit j of masks[i] says
    /// whether squares(i, j) < (reach[i] + errors[j])².
    void (*filter)(const CodedRows& rows,
                   const CodedBlock& block,
                   std::size_t bytes,
                   float* squares,
                   std::uint16_t* masks);

    /// For each centre j in the bits of `mask`, which lies at centers + j * block_size and is
    /// number first + j, and each row: where squared_distance(row i, centre) is below squared[i]
    /// that becomes it, and nearest[i] the number. Whether it did for any.
    bool (*approach)(const SideBySide& rows,
                     const float* centers,
                     std::uint32_t first,
                     std::uint16_t mask);

    /// Bit i says whether center i of `centers` (width, block_size) may be nearer than `squared` to
    /// a row that lies between `low` and `high` in each dimension. The distance to the nearest
    /// place there is by the operations of squared_distance, all of which are monotone, rounding
    /// included: so it is no more than that of any row, to the last bit.
    std::uint16_t (*reaching)(const float* low,
                              const float* high,
                              const float* centers,
                              std::size_t width,
                              float squared);

    /// IEEE halves to singles.
    void (*widen_halves)(const std::uint16_t* halves, std::size_t count, float* singles);
};

/// The fastest that this processor runs.
const Kernels& kernels();

/// All that this processor runs, the plain ones first.
std::span<const Kernels* const> all_kernels();

/// Codes are padded to a multiple of this many bytes.
inline constexpr std::size_t code_padding = 16;

extern const Kernels portable_kernels;
#ifdef __x86_64__
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
#endif

}  // namespace trommel::selection
