#include "prediction_events.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/error.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel::dataset {
namespace {

constexpr std::int64_t largest_category = 65'535;
constexpr std::size_t most_made_up = std::size_t{1} << 24;

std::string_view view(PredictionEvents::Text text) { return {text.data(), text.size()}; }

}  // namespace

void ReadDetections::clear() {
    file_name.clear();
    categories.clear();
    scores.clear();
    objectness.clear();
    probs.clear();
    rows = 0;
    classes = 0;
}

scoring::ObjectDetectionOutput ReadDetections::output() const {
    using scoring::ObjectDetectionOutput;
    std::vector<scoring::BoundingBox> boxes(scores.size(), scoring::BoundingBox(0, 0, 1, 1));
    if (rows > 0) {
        if (rows != scores.size())
            throw DataError("some predictions have 'probabilities' and some have none");
        Probabilities matrix(rows, classes);
        std::ranges::copy(probs, matrix.values().begin());
        return {std::move(boxes), objectness, std::move(matrix), scores};
    }
    const auto largest = categories.empty() ? 0 : std::ranges::max(categories);
    if (categories.size() * (static_cast<std::size_t>(largest) + 1) > most_made_up)
        throw DataError("too many boxes of too many classes; number the categories from 0");
    return ObjectDetectionOutput::from_scores(std::move(boxes), scores, categories);
}

void PredictionEvents::reset() {
    read.clear();
    why = {};
    depth_ = skipped_ = 0;
    key_ = no_key;
    has_name_ = has_predictions_ = false;
    part_.clear();
}

bool PredictionEvents::fail(Fault& fault, std::string_view what) {
    why = what;
    fault = boost::json::error::syntax;
    return false;
}

bool PredictionEvents::enter(Level level) {
    levels_[depth_++] = level;
    key_ = no_key;
    numbers_ = 0;
    return true;
}

PredictionEvents::Key PredictionEvents::find_key(std::string_view text) const {
    const auto level = levels_[depth_ - 1];
    if (level == Level::record)
        return text == "file_name" ? file_name : text == "predictions" ? predictions : other_key;
    const auto is = [&](std::string_view name, Key key) { return text == name ? key : other_key; };
    switch (text.size()) {  // all differ in it
        case 4:
            return is("bbox", bbox);
        case 5:
            return is("score", score);
        case 8:
            return is("image_id", image_id);
        case 10:
            return is("objectness", objectness);
        case 11:
            return is("category_id", category_id);
        case 13:
            return is("probabilities", probabilities);
        default:
            return other_key;
    }
}

bool PredictionEvents::on_object_begin(Fault& fault) {
    if (skipped_ > 0 || key_ == other_key) return ++skipped_, true;
    if (depth_ == 0 && document_ == Document::lightly_record) return enter(Level::record);
    if (depth_ == 0 || levels_[depth_ - 1] != Level::predictions)
        return fail(fault, "an object appears where there should be none");
    seen_ = 0;
    return enter(Level::prediction);
}

bool PredictionEvents::on_array_begin(Fault& fault) {
    if (skipped_ > 0 || key_ == other_key) return ++skipped_, true;
    if (depth_ == 0 && document_ == Document::coco_results) return enter(Level::predictions);
    if (depth_ == 0) return fail(fault, "the record is a list");
    const auto level = levels_[depth_ - 1];
    if (level == Level::record && key_ == predictions && !has_predictions_) {
        has_predictions_ = true;
        return enter(Level::predictions);
    }
    if (level == Level::prediction && key_ == bbox) return enter(Level::bbox);
    if (level == Level::prediction && key_ == probabilities) return enter(Level::probabilities);
    return fail(fault, "a list appears where there should be none");
}

bool PredictionEvents::on_object_end(std::size_t, Fault& fault) {
    if (skipped_ > 0) return --skipped_, true;
    const auto level = levels_[--depth_];
    key_ = no_key;
    return level == Level::prediction ? end_prediction(fault) : true;
}

bool PredictionEvents::on_array_end(std::size_t, Fault& fault) {
    if (skipped_ > 0) return --skipped_, true;
    const auto level = levels_[--depth_];
    key_ = no_key;
    if (level == Level::bbox && numbers_ != 4) return fail(fault, "'bbox' must hold 4 numbers");
    if (level != Level::probabilities) return true;
    if (numbers_ == 0) return fail(fault, "'probabilities' is empty");
    if (read.classes == 0) read.classes = numbers_;
    if (read.classes != numbers_)
        return fail(fault, "'probabilities' holds other numbers of classes than before");
    ++read.rows;
    return true;
}

bool PredictionEvents::end_prediction(Fault& fault) {
    constexpr std::uint32_t needed = 1U << category_id | 1U << bbox | 1U << score;
    if ((seen_ & needed) != needed)
        return fail(fault, "a prediction lacks 'category_id', 'bbox' or 'score'");
    read.categories.push_back(category_);
    read.scores.push_back(score_);
    read.objectness.push_back((seen_ & 1U << objectness) != 0 ? objectness_ : score_);
    if (document_ == Document::lightly_record) return true;
    if ((seen_ & 1U << image_id) == 0) return fail(fault, "a result lacks 'image_id'");
    on_prediction();
    return true;
}

bool PredictionEvents::on_key_part(Text text, std::size_t, Fault&) {
    part_ += view(text);
    return true;
}

bool PredictionEvents::on_key(Text text, std::size_t, Fault& fault) {
    const auto rest = part_.empty() ? view(text) : std::string_view(part_ += view(text));
    if (skipped_ == 0) {
        key_ = find_key(rest);
        if (key_ != other_key && levels_[depth_ - 1] == Level::prediction) {
            if ((seen_ & 1U << key_) != 0)
                return fail(fault, "a key appears twice in a prediction");
            seen_ |= 1U << key_;
        }
    }
    part_.clear();
    return true;
}

bool PredictionEvents::on_string_part(Text text, std::size_t, Fault&) {
    if (key_ == file_name && skipped_ == 0) part_ += view(text);
    return true;
}

bool PredictionEvents::on_string(Text text, std::size_t, Fault& fault) {
    if (skipped_ > 0 || key_ != file_name) return other(fault);
    if (has_name_) return fail(fault, "'file_name' appears twice");
    read.file_name = part_.empty() ? view(text) : std::string_view(part_ += view(text));
    part_.clear();
    has_name_ = !read.file_name.empty();
    key_ = no_key;
    return true;
}

bool PredictionEvents::on_number_part(Text text, Fault&) {
    part_ += view(text);
    return true;
}

bool PredictionEvents::on_int64(std::int64_t value, Text, Fault& fault) {
    part_.clear();
    if (skipped_ == 0 && (key_ == category_id || key_ == image_id)) return integer(value, fault);
    return number(static_cast<double>(value), fault);
}

bool PredictionEvents::on_uint64(std::uint64_t value, Text, Fault& fault) {
    part_.clear();
    return number(static_cast<double>(value), fault);
}

bool PredictionEvents::on_double(double rough, Text text, Fault& fault) {
    const bool is_exact = skipped_ > 0 || depth_ == 0 || levels_[depth_ - 1] == Level::bbox;
    if (is_exact) {  // no score uses where a box is
        part_.clear();
        return number(rough, fault);
    }
    const auto all = part_.empty() ? view(text) : std::string_view(part_ += view(text));
    const auto value = parse_number(all).value_or(rough);
    part_.clear();
    return number(value, fault);
}

/// A value that nobody asked for, or a wrong one.
bool PredictionEvents::other(Fault& fault) {
    if (skipped_ > 0) return true;
    if (key_ != other_key) return fail(fault, "a value is of the wrong kind");
    key_ = no_key;
    return true;
}

bool PredictionEvents::integer(std::int64_t value, Fault& fault) {
    if (key_ == image_id) {
        read.image_id = value;
    } else {
        if (value < 0 || value > largest_category)
            return fail(fault, "'category_id' must be an integer from 0 to 65535");
        category_ = static_cast<int>(value);
    }
    key_ = no_key;
    return true;
}

bool PredictionEvents::number(double value, Fault& fault) {
    if (skipped_ > 0) return true;
    if (!std::isfinite(value) && key_ != other_key) return fail(fault, "a number is not finite");
    const auto level = depth_ == 0 ? Level::document : levels_[depth_ - 1];
    if (level == Level::bbox) {
        if (++numbers_ > 2 && value < 0) return fail(fault, "the size of a 'bbox' is negative");
        return true;
    }
    if (level == Level::probabilities) {
        read.probs.push_back(value);
        ++numbers_;
        return true;
    }
    if (key_ == score)
        score_ = value;
    else if (key_ == objectness)
        objectness_ = value;
    else
        return other(fault);
    key_ = no_key;
    return true;
}

}  // namespace trommel::dataset
