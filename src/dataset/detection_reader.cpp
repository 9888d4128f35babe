#include "json_reader.hpp"
#include "prediction_events.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/predictions.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel::dataset {

namespace {

namespace json = boost::json;
using scoring::BoundingBox;
using scoring::ObjectDetectionOutput;

constexpr int largest_category = 65'535;
constexpr std::size_t most_made_up = std::size_t{1} << 24;

/// The four numbers of a box.
std::vector<double> corners(const Record& record,
                            const json::value& value,
                            std::string_view where) {
    auto numbers = record.numbers(value, where);
    if (numbers.size() != 4)
        record.fail(fmt::format("'{}' must hold 4 numbers, not {}", where, numbers.size()));
    if (!std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); }))
        record.fail(fmt::format("'{}' must hold finite numbers", where));
    return numbers;
}

/// What `make` makes; the scoring floor's errors get the record's place.
template <typename Make>
auto placed(const Record& record, Make make) {
    try {
        return make();
    } catch (const DataError& error) {
        record.fail(error.what());
    }
}

/// Adds one row, which must be as wide as those before.
void add_row(Probabilities& probs,
             const Record& record,
             const json::value& value,
             std::string_view where) {
    const auto row = record.numbers(value, where);
    if (row.empty()) record.fail(fmt::format("'{}' is empty; give one for each class", where));
    if (probs.rows() > 0 && row.size() != probs.cols())
        record.fail(fmt::format(
            "'{}' holds {} numbers, where the box before has {}", where, row.size(), probs.cols()));
    probs.append_row(row);
}

/// `boxes`, `object_probabilities`, `class_probabilities`.
ObjectDetectionOutput read_columns(const Record& record) {
    const auto column = [&](std::string_view key) -> const json::value& {
        return record.member(record.object(), key, "the record");
    };
    std::vector<BoundingBox> boxes;
    for (const auto& box : record.array(column("boxes"), "boxes")) {
        const auto c = corners(record, box, "boxes");
        boxes.push_back(placed(record, [&] { return BoundingBox(c[0], c[1], c[2], c[3]); }));
    }
    Probabilities probs;
    for (const auto& row : record.array(column("class_probabilities"), "class_probabilities"))
        add_row(probs, record, row, "class_probabilities");
    auto objectness = record.numbers(column("object_probabilities"), "object_probabilities");
    return placed(record, [&] { return ObjectDetectionOutput(boxes, objectness, probs); });
}

/// Lightly's `predictions`, one object a box.
class PredictionList {
public:
    explicit PredictionList(const Record& record) : record_(record) {}

    ObjectDetectionOutput read(const json::value& value) {
        for (const auto& prediction : record_.array(value, "predictions"))
            add(record_.object(prediction, "predictions"));
        const std::vector<BoundingBox> boxes(scores_.size(), BoundingBox(0, 0, 1, 1));
        if (probs_.rows() > 0)
            return placed(record_, [&] {
                return ObjectDetectionOutput(boxes, objectness_, probs_, scores_);
            });
        check_size();
        return placed(record_, [&] {
            return ObjectDetectionOutput::from_scores(boxes, scores_, categories_);
        });
    }

private:
    void add(const json::object& prediction) {
        check_box(member(prediction, "bbox"));
        const auto score = record_.number(member(prediction, "score"), "score");
        const auto* objectness = prediction.if_contains("objectness");
        objectness_.push_back(objectness == nullptr ? score
                                                    : record_.number(*objectness, "objectness"));
        categories_.push_back(category(member(prediction, "category_id")));
        scores_.push_back(score);
        if (const auto* probs = prediction.if_contains("probabilities"))
            add_row(probs_, record_, *probs, "probabilities");
        if (probs_.rows() != 0 && probs_.rows() != scores_.size())
            record_.fail("some predictions have 'probabilities' and some have none");
    }

    const json::value& member(const json::object& prediction, std::string_view key) const {
        return record_.member(prediction, key, fmt::format("predictions[{}]", scores_.size()));
    }

    void check_box(const json::value& value) const {
        const auto box = corners(record_, value, "bbox");
        if (box[2] < 0 || box[3] < 0)
            record_.fail("'bbox' is [x, y, width, height], and a size here is negative");
    }

    int category(const json::value& value) const {
        return static_cast<int>(record_.integer(value, "category_id", 0, largest_category));
    }

    /// Without class probabilities they are made up, for every box one for every class.
    void check_size() const {
        if (categories_.empty()) return;
        const auto classes = static_cast<std::size_t>(*std::ranges::max_element(categories_)) + 1;
        if (categories_.size() * classes > most_made_up)
            record_.fail(
                fmt::format("{} boxes of {} classes are too many; number the categories "
                            "from 0",
                            categories_.size(),
                            classes));
    }

    const Record& record_;
    std::vector<int> categories_;
    std::vector<double> scores_;
    std::vector<double> objectness_;
    Probabilities probs_;
};

class DetectionDecoder {
public:
    void operator()(const Record& record, DetectionRecords& batch) const {
        const auto* predictions = record.object().if_contains("predictions");
        if (predictions == nullptr && !record.object().contains("boxes"))
            record.fail("the record has neither 'boxes' nor 'predictions'");
        batch.outputs.push_back(predictions == nullptr ? read_columns(record)
                                                       : PredictionList(record).read(*predictions));
    }

    /// Lightly's spelling, where all is as it should be.
    bool quick(std::string_view text, DetectionRecords& batch) {
        events_.reset();
        events_.handler().reset();
        json::error_code error;
        const auto read = events_.write_some(false, text.data(), text.size(), error);
        if (error || read < text.size() || !events_.handler().is_complete()) return false;
        try {
            batch.outputs.push_back(events_.handler().read.output());
        } catch (const DataError&) {
            return false;
        }
        batch.names.push_back(events_.handler().read.file_name);
        return true;
    }

private:
    json::basic_parser<PredictionEvents> events_{json::parse_options{},
                                                 PredictionEvents::Document::lightly_record};
};

}  // namespace

std::unique_ptr<DetectionReader> open_detections(LineReader lines, const ReadOptions& options) {
    return std::make_unique<JsonReader<DetectionRecords, DetectionDecoder>>(std::move(lines),
                                                                            options);
}

}  // namespace trommel::dataset
