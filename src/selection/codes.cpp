#include "selection/codes.hpp"

#include "selection/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trommel::selection {
namespace {

/// Sums of 254² in 32 bits.
constexpr std::size_t most_dimensions = 32'000;
constexpr std::size_t sample_rows = 4096;
constexpr std::size_t values_of_sample = std::size_t{1} << 18U;

/// Twice the relative error of squared_distance, and as much again for the root and the comparison.
float slack_for(std::size_t dimensions) {
    return 1 + 4 * (static_cast<float>(dimensions) / 16 + 16) * 0x1p-23F;
}

/// Below this the error of a square is not relative, because squares are subnormal.
float least_square(std::size_t dimensions) { return static_cast<float>(dimensions) * 0x1p-120F; }

template <typename Visit>
void for_sample(const Candidates& candidates, const Kernels& kernels, const Visit& visit) {
    const std::size_t dimensions = candidates.rows.dimensions;
    const std::size_t most =
        std::clamp(values_of_sample / dimensions, std::size_t{64}, sample_rows);
    const std::size_t count = std::min(candidates.count(), most);
    std::vector<float> room(dimensions);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t place = i * candidates.count() / count;
        visit(single(candidates.rows, candidates.samples[place], kernels, room.data()));
    }
}

/// The residual that these codes leave in `offsets`, squared.
double residual(std::span<const float> offsets, const CodeScale& scale) {
    const auto most = static_cast<float>(scale.most);
    double sum = 0;
    for (std::size_t i = 0; i < offsets.size(); i += 7) {
        const float code = std::nearbyint(std::clamp(offsets[i] / scale.step, -most, most));
        const double left = offsets[i] - scale.step * code;
        sum += left * left;
    }
    return sum;
}

/// The step of least residual, 0 for none: large offsets, if rare, are better cut off than allowed
/// to make all codes coarse.
float best_step(std::span<const float> offsets, std::int32_t most) {
    std::vector<float> sizes(offsets.begin(), offsets.end());
    for (float& size : sizes) size = std::fabs(size);
    std::ranges::sort(sizes);
    float best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (const double quantile : {0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0}) {
        const auto rank =
            static_cast<std::size_t>(quantile * static_cast<double>(sizes.size() - 1));
        const float step = sizes[rank] / static_cast<float>(most);
        if (!(step > 0x1p-100F) || !(step < 0x1p100F)) continue;
        const double left = residual(offsets, {step, most});
        if (left < least) {
            least = left;
            best = step;
        }
    }
    return best;
}

}  // namespace

Codes::Codes(const Candidates& candidates, const Kernels& kernels)
    : kernels_(&kernels),
      dimensions_(candidates.rows.dimensions),
      bytes_(bytes_for(dimensions_)),
      slack_(slack_for(dimensions_)),
      mean_(dimensions_) {}

std::size_t Codes::bytes_for(std::size_t dimensions) {
    return (dimensions + code_padding - 1) / code_padding * code_padding;
}

std::optional<Codes> Codes::of(const Candidates& candidates,
                               const Kernels& kernels,
                               const Poll& poll) {
    const std::size_t dimensions = candidates.rows.dimensions;
    if (dimensions == 0 || dimensions > most_dimensions || candidates.count() == 0) return {};
    Codes codes(candidates, kernels);
    if (!codes.choose_scale(candidates)) return {};
    codes.encode_all(candidates, poll);
    return codes;
}

bool Codes::choose_scale(const Candidates& candidates) {
    std::vector<double> sums(dimensions_);
    std::vector<float> values;
    for_sample(candidates, *kernels_, [&](const float* row) {
        for (std::size_t j = 0; j < dimensions_; ++j) sums[j] += static_cast<double>(row[j]);
        values.insert(values.end(), row, row + dimensions_);
    });
    const double rows = static_cast<double>(values.size()) / static_cast<double>(dimensions_);
    for (std::size_t j = 0; j < dimensions_; ++j) mean_[j] = static_cast<float>(sums[j] / rows);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= mean_[i % dimensions_];
    scale_ = {best_step(values, kernels_->most_code), kernels_->most_code};
    return scale_.step > 0;
}

void Codes::encode_all(const Candidates& candidates, const Poll& poll) {
    codes_ = Buffer<std::uint8_t>(candidates.count() * bytes_);
    norms_ = Buffer<std::int32_t>(candidates.count());
    errors_ = Buffer<float>(candidates.count());
    in_parallel(candidates.count(), 1024, [&](std::size_t begin, std::size_t end) {
        std::vector<float> room(dimensions_);
        for (std::size_t i = begin; i < end; ++i) {
            if (poll && (i - begin) % 1024 == 0) poll();
            const float* row =
                single(candidates.rows, candidates.samples[i], *kernels_, room.data());
            const auto encoding = encode(row, codes_.data() + i * bytes_);
            norms_[i] = encoding.norm;
            errors_[i] = encoding.residual;
        }
    });
}

Encoding Codes::encode(const float* row, std::uint8_t* code) const {
    auto result = kernels_->encode(row, mean_.data(), scale_, dimensions_, code, bytes_);
    // x - mean is rounded to 2^-24 of its length, which is at most |step * code| + |residual|.
    const float rounded = 0x1p-21F * std::sqrt(static_cast<float>(result.norm));
    result.residual =
        (result.residual / scale_.step + rounded) * slack_ * (1 + 0x1p-20F) + 0x1p-20F;
    return result;
}

float Codes::reach(Place place, float squared) const {
    const float length = std::sqrt(std::max(squared, least_square(dimensions_)));
    return (length * slack_ / scale_.step + errors_[place]) * slack_;
}

}  // namespace trommel::selection
