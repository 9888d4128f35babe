// Detections from the events of Boost.JSON's parser, without a tree: what is read most must be
// fast, and a file that is one huge array must not be in memory.
#pragma once

#include "trommel/scoring/object_detection_output.hpp"

#include <boost/json/basic_parser.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// The detections of one image, as they are read.
struct ReadDetections {
    std::string file_name{};
    std::int64_t image_id = 0;
    std::vector<int> categories{};
    std::vector<double> scores{};
    std::vector<double> objectness{};
    std::vector<double> probs{};  ///< (boxes with probabilities, classes)
    std::size_t rows = 0;         ///< of probs
    std::size_t classes = 0;

    void clear();

    /// Throws DataError, without a place, as the constructors of ObjectDetectionOutput, and where
    /// some boxes have probabilities and some have none.
    scoring::ObjectDetectionOutput output() const;
};

/// Handler of boost::json::basic_parser for records as Lightly writes them, `{"file_name": …,
/// "predictions": […]}`, and for COCO's results, an array of predictions with an `image_id` each.
///
/// It knows only what is as it should be: at anything else parsing stops with an error, and `why`
/// says what that was. Who needs a place and a sentence reads the record again as a tree.
class PredictionEvents {
public:
    enum class Document { lightly_record, coco_results };

    using Text = boost::json::string_view;
    using Fault = boost::json::error_code;

    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    explicit PredictionEvents(Document document) : document_(document) {}

    /// Before a document.
    void reset();
    /// After a Lightly record: whether all is there that it needs.
    bool is_complete() const { return has_name_ && has_predictions_; }

    ReadDetections read{};
    std::string_view why{};
    /// COCO: called at the end of each prediction, which is the last of `read`, with its image_id.
    std::function<void()> on_prediction{};

    static bool on_document_begin(Fault&) { return true; }
    static bool on_document_end(Fault&) { return true; }
    bool on_object_begin(Fault& fault);
    bool on_object_end(std::size_t, Fault& fault);
    bool on_array_begin(Fault& fault);
    bool on_array_end(std::size_t, Fault& fault);
    bool on_key_part(Text text, std::size_t, Fault&);
    bool on_key(Text text, std::size_t, Fault& fault);
    bool on_string_part(Text text, std::size_t, Fault&);
    bool on_string(Text text, std::size_t, Fault& fault);
    bool on_number_part(Text text, Fault&);
    bool on_int64(std::int64_t value, Text, Fault& fault);
    bool on_uint64(std::uint64_t value, Text, Fault& fault);
    bool on_double(double rough, Text text, Fault& fault);
    bool on_bool(bool, Fault& fault) { return other(fault); }
    bool on_null(Fault& fault) { return other(fault); }
    static bool on_comment_part(Text, Fault&) { return true; }
    static bool on_comment(Text, Fault&) { return true; }

private:
    /// What is being read.
    enum class Level : std::uint8_t {
        document,
        record,
        predictions,
        prediction,
        bbox,
        probabilities
    };
    enum Key : std::uint8_t {
        no_key,
        file_name,
        predictions,
        image_id,
        category_id,
        bbox,
        score,
        objectness,
        probabilities,
        other_key
    };

    Key find_key(std::string_view text) const;
    bool enter(Level level);
    bool fail(Fault& fault, std::string_view what);
    bool other(Fault& fault);
    bool number(double value, Fault& fault);
    bool integer(std::int64_t value, Fault& fault);
    bool end_prediction(Fault& fault);

    Document document_;
    std::array<Level, 8> levels_{};
    std::size_t depth_ = 0;    ///< places entered
    std::size_t skipped_ = 0;  ///< objects and arrays, within one another, of unknown keys
    Key key_ = no_key;
    std::uint32_t seen_ = 0;  ///< keys of the prediction, a bit each
    bool has_name_ = false;
    bool has_predictions_ = false;
    std::size_t numbers_ = 0;  ///< of the list that is read
    double score_ = 0;
    double objectness_ = 0;
    int category_ = 0;
    std::string part_;  ///< the beginning of a key, string or number that comes in parts
};

}  // namespace trommel::dataset
