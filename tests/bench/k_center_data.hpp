// Embeddings to time selections on: made up, and real ones where they are installed.
#pragma once

#include "selection/buffer.hpp"
#include "trommel/selection/rows.hpp"

#include <optional>
#include <string>

namespace trommel::bench {

/// Embeddings (samples, dimensions) in single precision.
struct Embeddings {
    Embeddings(std::size_t samples, std::size_t width)
        : rows(samples), dimensions(width), values(samples * width) {}

    std::size_t rows;
    std::size_t dimensions;
    selection::Buffer<float> values;

    float* row(std::size_t i) { return values.data() + i * dimensions; }
    selection::Rows view() const { return {values.data(), rows, dimensions}; }
};

/// As networks make them: 2000 clusters of Zipf's sizes in 24 latent dimensions, bent, with noise,
/// of unit length.
Embeddings clustered(std::size_t samples, std::size_t dimensions);

/// Independent normal values: all samples about equally far from each other, which leaves bounds
/// nothing to prune by.
Embeddings gaussian(std::size_t samples, std::size_t dimensions);

/// The 70,000 images of Debian's dataset-fashion-mnist through 128 random convolutions, rectified
/// and pooled to 2 x 2, of unit length (512); none where the package is not installed.
std::optional<Embeddings> fashion_mnist();

/// The 20,000 x 16 letters of pipelines/data, standardised.
Embeddings letters();

}  // namespace trommel::bench
