#pragma once

#include "trommel/dataset/predictions.hpp"

#include <filesystem>
#include <memory>

namespace trommel::dataset {

/// Reads COCO's detection results, one array of `{"image_id": 42, "category_id": 18, "bbox": [x, y,
/// w, h], "score": 0.236}`, as events: of a file of any size, the batch is in memory and eight to
/// sixteen bytes an image. Format: https://cocodataset.org/#format-results.
///
/// A sample is called by its image_id. An image's results appear together, as every evaluation
/// writes them; where an image comes a second time, the file is refused. The lines of a batch are
/// the numbers of the images' first results, from 1. What is wrong ends the reading, whatever
/// `options.on_fault` says: behind it nothing is known to be right.
std::unique_ptr<DetectionReader> open_coco_results(const std::filesystem::path& path,
                                                   const ReadOptions& options);

}  // namespace trommel::dataset
