// 8-bit codes of embeddings: lower bounds of distances at a quarter of the memory traffic.
#pragma once

#include "selection/candidates.hpp"

#include <optional>
#include <vector>

namespace trommel::selection {

/// Codes of all candidates, with one mean and one step: x is mean + step * code to within its
/// error. So |x - c| >= step * |code of x - code of c| - error of x - error of c, by the triangle
/// inequality, and the codes' squared distance is an exact integer. All roundings are on the safe
/// side, so that no distance is skipped which could matter.
class Codes {
public:
    /// Reads every row once. None where codes cannot help: more dimensions than 32-bit sums hold,
    /// or values too large, too small or too alike for a step in single precision.
    static std::optional<Codes> of(const Candidates& candidates,
                                   const Kernels& kernels,
                                   const Poll& poll = {});

    /// Bytes that codes take for each candidate.
    static std::size_t bytes_for(std::size_t dimensions);

    std::size_t bytes() const { return bytes_; }
    const CodeScale& scale() const { return scale_; }
    const std::uint8_t* row(Place place) const { return codes_.data() + place * bytes_; }
    std::int32_t norm(Place place) const { return norms_[place]; }

    /// How far the codes of a centre may be, in steps and the centre's error left out,
    /// for its distance to be `squared` or less.
    float reach(Place place, float squared) const;

    /// Codes of a row of any origin; returns norm and error, in steps.
    Encoding encode(const float* row, std::uint8_t* code) const;

private:
    Codes(const Candidates& candidates, const Kernels& kernels);
    bool choose_scale(const Candidates& candidates);
    void encode_all(const Candidates& candidates, const Poll& poll);

    const Kernels* kernels_;
    std::size_t dimensions_;
    std::size_t bytes_;
    float slack_;  ///< covers the relative errors of the distance and of the comparisons
    CodeScale scale_{};
    std::vector<float> mean_;
    Buffer<std::uint8_t> codes_{};  ///< (candidates, bytes)
    Buffer<std::int32_t> norms_{};  ///< (candidates)
    Buffer<float> errors_{};        ///< (candidates) in steps
};

}  // namespace trommel::selection
