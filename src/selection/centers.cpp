#include "selection/centers.hpp"

#include <algorithm>

namespace trommel::selection {

void Centers::add(SampleIndex sample, const float* row) {
    const std::size_t center = count();
    if (center % block_size == 0) {
        Block& block = blocks_.emplace_back();
        block.rows = Buffer<float>(block_size * stride());
        std::ranges::fill(block.rows.all(), 0.0F);
        for (std::size_t i = 0; i < block_size; ++i)
            rows_.push_back(block.rows.data() + i * stride());
        if (codes_ != nullptr) make_room_for_codes(block);
    }
    samples_.push_back(sample);
    std::copy_n(row, dimensions_, blocks_.back().rows.data() + center % block_size * stride());
    if (codes_ != nullptr) encode(center);
}

void Centers::use(const Codes& codes) {
    codes_ = &codes;
    for (Block& block : blocks_) make_room_for_codes(block);
    for (std::size_t center = 0; center < count(); ++center) encode(center);
}

void Centers::make_room_for_codes(Block& block) const {
    block.raised = Buffer<std::uint8_t>(block_size * codes_->bytes());
    block.codes = Buffer<std::int8_t>(block_size * codes_->bytes());
    block.interleaved = Buffer<std::int8_t>(block_size * codes_->bytes());
    std::ranges::fill(block.raised.all(), std::uint8_t{0});
    std::ranges::fill(block.codes.all(), std::int8_t{0});
    std::ranges::fill(block.interleaved.all(), std::int8_t{0});
}

void Centers::encode(std::size_t center) {
    Block& block = blocks_[center / block_size];
    const std::size_t bytes = codes_->bytes();
    const std::size_t in_block = center % block_size;
    std::uint8_t* raised = block.raised.data() + in_block * bytes;
    const auto encoding = codes_->encode(row(center), raised);
    signed_codes_.push_back(block.codes.data() + in_block * bytes);
    const std::int32_t raise = codes_->scale().raise();
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < bytes; ++j) {
        const auto code = static_cast<std::int8_t>(raised[j] - raise);
        block.codes[in_block * bytes + j] = code;
        block.interleaved[(j / 4 * block_size + in_block) * 4 + j % 4] = code;
        sum += code;
    }
    block.norms[in_block] = encoding.norm;
    block.offsets[in_block] = encoding.norm + 2 * raise * sum;
    block.errors[in_block] = encoding.residual;
    offsets_.push_back(block.offsets[in_block]);
}

}  // namespace trommel::selection
