// What a model says about samples, read from its files in batches, so that no file is ever whole in
// memory.
//
// Readers check form: every record has a name and numbers that are finite, as many as the others
// have. Whether numbers are probabilities is for scoring/probabilities.hpp to say, and whether
// names are known, missing or there twice, for whoever joins them with a pool. Every error is a
// RecordError that reads `<file>:<line>: sample '<name>': …`, or, where readers are told to go on,
// a RecordFault of the batch. The first record says how many classes there are.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/dataset/files/line_reader.hpp"
#include "trommel/dataset/files/record_fault.hpp"
#include "trommel/dataset/json_lines.hpp"
#include "trommel/scoring/keypoint_detection.hpp"
#include "trommel/scoring/object_detection_output.hpp"
#include "trommel/scoring/scorer.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trommel::dataset {

struct ClassificationRecords {
    std::vector<std::string> names{};  ///< (samples)
    Probabilities probs{};             ///< (samples, classes)
    scoring::Precision precision = scoring::Precision::f64;
    std::vector<std::size_t> lines{};   ///< (samples), where the file says so, for messages
    std::vector<RecordFault> faults{};  ///< where the reader goes on at them

    std::size_t size() const { return names.size() + faults.size(); }
};

struct DetectionRecords {
    std::vector<std::string> names{};                       ///< (samples)
    std::vector<scoring::ObjectDetectionOutput> outputs{};  ///< (samples)
    std::vector<std::size_t> lines{};                       ///< (samples), for messages
    std::vector<RecordFault> faults{};                      ///< where the reader goes on at them

    std::size_t size() const { return names.size() + faults.size(); }
};

/// A segmented image: groups of pixels that are predicted alike.
struct SegmentedImage {
    Probabilities probs{};          ///< (groups, classes)
    std::vector<double> weights{};  ///< pixels of each group; empty: each is one pixel
    scoring::Precision precision = scoring::Precision::f64;
};

struct SegmentationRecords {
    std::vector<std::string> names{};      ///< (samples)
    std::vector<SegmentedImage> images{};  ///< (samples)
    std::vector<std::size_t> lines{};      ///< (samples), for messages
    std::vector<RecordFault> faults{};     ///< where the reader goes on at them

    std::size_t size() const { return names.size() + faults.size(); }
};

struct KeypointRecords {
    std::vector<std::string> names{};                    ///< (samples)
    std::vector<scoring::KeypointPrediction> outputs{};  ///< (samples)
    std::vector<std::size_t> lines{};                    ///< (samples), for messages
    std::vector<RecordFault> faults{};                   ///< where the reader goes on at them

    std::size_t size() const { return names.size() + faults.size(); }
};

/// What several models, or one with dropout left on, say about each sample.
struct CommitteeRecords {
    std::vector<std::string> names{};   ///< (samples)
    std::vector<double> probs{};        ///< (samples, members, classes)
    std::size_t members = 0;            ///< of each sample
    std::size_t classes = 0;            ///< of each member
    std::vector<std::size_t> lines{};   ///< (samples), for messages
    std::vector<RecordFault> faults{};  ///< where the reader goes on at them

    std::size_t size() const { return names.size() + faults.size(); }

    /// (members, classes) of sample i.
    std::span<const double> row(std::size_t i) const {
        return std::span(probs).subspan(i * members * classes, members * classes);
    }
};

/// The predictions of one file, batch after batch.
template <typename Batch>
class PredictionReader {
public:
    virtual ~PredictionReader() = default;

    /// The next records, at least one, at most the batch size; nothing after the last.
    virtual std::optional<Batch> next() = 0;

    /// What the file calls the classes, in the order of its columns; empty where it does not.
    virtual std::span<const std::string> class_names() const { return {}; }
};

using ClassificationReader = PredictionReader<ClassificationRecords>;
using DetectionReader = PredictionReader<DetectionRecords>;
using SegmentationReader = PredictionReader<SegmentationRecords>;
using KeypointReader = PredictionReader<KeypointRecords>;
using CommitteeReader = PredictionReader<CommitteeRecords>;

struct ReadOptions {
    std::size_t batch_size = 1024;  ///< samples, at least 1
    OnFault on_fault = OnFault::stop;
    NonFinite non_finite = NonFinite::refuse;
};

enum class PredictionFormat {
    /// One JSON object a line, in either spelling:
    /// `{"file_name": "a.jpg", "probabilities": [0.1, 0.9]}`, or Lightly's
    /// `{"file_name": "a.jpg", "predictions": [{"category_id": 1, "probabilities": [0.1, 0.9]}]}`.
    jsonl,
    /// The header is `file_name` (or `filenames`) and the classes, a row a name and probabilities.
    csv,
};

/// Reads class probabilities. Empty lines between JSON
/// records are skipped, keys that are not named above are not read.
std::unique_ptr<ClassificationReader> open_classification(LineReader lines,
                                                          PredictionFormat format,
                                                          const ReadOptions& options);

/// Reads detections, one JSON object a line, in either spelling:
///
/// `{"file_name": "a.jpg", "boxes": [[x0, y0, x1, y1], …], "object_probabilities": [0.9, …],
/// "class_probabilities": [[0.2, 0.8], …]}`, the boxes in fractions of the image; or Lightly's
/// `{"file_name": "a.jpg", "predictions": [{"category_id": 1, "bbox": [x, y, w, h], "score": 0.7},
/// …]}`, where either all predictions of an image or none have `probabilities` too, and may then
/// have `objectness` (else the score means it). With `probabilities` a box's label is its
/// likeliest class, without it is its `category_id`.
///
/// Lightly's boxes are in pixels of an image whose size no file tells. No score uses where a
/// box is, so their form is checked and each appears in the output as the whole image.
std::unique_ptr<DetectionReader> open_detections(LineReader lines, const ReadOptions& options);

/// Reads segmented images, one JSON object a line, in either spelling:
///
/// `{"file_name": "a.png", "probabilities": [[[0.1, 0.9], …], …]}`, (width, height, classes); or
/// Lightly's `{"file_name": "a.png", "predictions": [{"category_id": 1, "segmentation": [2, 2, 1],
/// "score": 0.7}, …]}`, the masks as run lengths, row by row, that begin with the number of zeros;
/// each may have `probabilities`, and without has its score for its category, the rest shared
/// evenly (ObjectDetectionOutput::from_scores). A mask also may be COCO's `{"size": [h, w],
/// "counts": [2, 2, 1]}`. The masks of an image cover the same number of pixels; a pixel in two
/// masks counts in both, one in none does not count.
std::unique_ptr<SegmentationReader> open_segmentation(LineReader lines, const ReadOptions& options);

/// Reads keypoints, one JSON object a line: `{"file_name": "a.jpg", "predictions": [{"keypoints":
/// [x, y, confidence, …], "category_id": 0, "score": 0.9}, …]}`; category and score may be left
/// out.
std::unique_ptr<KeypointReader> open_keypoints(LineReader lines, const ReadOptions& options);

}  // namespace trommel::dataset
