#pragma once

#include "selection/codes.hpp"

#include <array>
#include <deque>

namespace trommel::selection {

/// Chosen samples, in the order of choosing, laid out for many rows to be compared with them.
class Centers {
public:
    explicit Centers(std::size_t dimensions) : dimensions_(dimensions) {}

    /// Adds a centre: copies its row, and its codes if there are any.
    void add(SampleIndex sample, const float* row);

    /// From now on centres have codes, those that are there included. `codes` outlives this.
    void use(const Codes& codes);

    std::size_t count() const { return samples_.size(); }
    std::size_t dimensions() const { return dimensions_; }
    SampleIndex sample(std::size_t center) const { return samples_[center]; }

    /// Of any centre of a block that has one; those of no centre yet are 0.
    const float* row(std::size_t center) const { return rows_[center]; }

    // Of their codes, once there are any.
    const std::uint8_t* code(std::size_t center) const {
        return blocks_[center / block_size].raised.data() + center % block_size * codes_->bytes();
    }
    std::int32_t norm(std::size_t center) const {
        return blocks_[center / block_size].norms[center % block_size];
    }
    const std::int8_t* signed_code(std::size_t center) const { return signed_codes_[center]; }
    std::int32_t offset(std::size_t center) const { return offsets_[center]; }

    /// Codes of centres [block * block_size, …); those of no centre yet are 0.
    CodedBlock coded_block(std::size_t block) const {
        const Block& it = blocks_[block];
        return {it.interleaved.data(), it.offsets.data(), it.errors.data()};
    }

private:
    struct Block {
        Buffer<float> rows{};               ///< (block_size, stride)
        Buffer<std::uint8_t> raised{};      ///< (block_size, bytes) codes raised
        Buffer<std::int8_t> codes{};        ///< (block_size, bytes)
        Buffer<std::int8_t> interleaved{};  ///< (bytes / 4, block_size, 4)
        std::array<std::int32_t, block_size> norms{};
        std::array<std::int32_t, block_size> offsets{};
        std::array<float, block_size> errors{};
    };

    std::size_t stride() const { return (dimensions_ + 15) / 16 * 16; }
    void make_room_for_codes(Block& block) const;
    void encode(std::size_t center);

    std::size_t dimensions_;
    const Codes* codes_ = nullptr;
    std::vector<SampleIndex> samples_{};
    std::deque<Block> blocks_{};
    std::vector<const float*> rows_{};                ///< (centres) in the blocks
    std::vector<const std::int8_t*> signed_codes_{};  ///< likewise
    std::vector<std::int32_t> offsets_{};
};

}  // namespace trommel::selection
