// Files of predictions for the benchmarks, made from a fixed seed.
#pragma once

#include <cstddef>
#include <filesystem>

namespace trommel::bench {

/// A .npy of float32 (rows, classes); rows sum to one. The same thousands of rows over and over.
void write_probabilities(const std::filesystem::path& file, std::size_t rows, std::size_t classes);

/// About `bytes` of Lightly's records, a JSON object a line, of 0 to 12 boxes; `classes`
/// probabilities a box, or none.
void write_detections(const std::filesystem::path& file, std::size_t bytes, std::size_t classes);

/// About `bytes` of COCO results, ten an image.
void write_coco_results(const std::filesystem::path& file, std::size_t bytes);

}  // namespace trommel::bench
