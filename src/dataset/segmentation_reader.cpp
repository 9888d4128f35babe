#include "json_reader.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/predictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace trommel::dataset {
namespace {

namespace json = boost::json;

constexpr std::int64_t most_pixels = std::int64_t{1} << 32;
constexpr std::int64_t most_categories = 65'536;

/// A mask as far as its score needs it.
struct Mask {
    std::int64_t pixels = 0;  ///< of the whole image
    std::int64_t inside = 0;
};

void add_pixel(SegmentedImage& image, const Record& record, const json::value& pixel) {
    const auto probs = record.numbers(pixel, "probabilities[x][y]");
    if (probs.empty()) record.fail("'probabilities[x][y]' is empty; give one for each class");
    if (image.probs.rows() > 0 && probs.size() != image.probs.cols())
        record.fail(fmt::format("'probabilities' is ragged: pixels of {} and of {} classes",
                                image.probs.cols(),
                                probs.size()));
    image.probs.append_row(probs);
}

/// (width, height, classes), all of the same sizes.
SegmentedImage read_pixels(const Record& record, const json::value& value) {
    SegmentedImage image;
    std::optional<std::size_t> height;
    for (const auto& column : record.array(value, "probabilities")) {
        const auto& pixels = record.array(column, "probabilities[x]");
        if (height.value_or(pixels.size()) != pixels.size())
            record.fail(
                fmt::format("'probabilities' is ragged: columns of {} and of {} pixels; give "
                            "(width, height, classes)",
                            *height,
                            pixels.size()));
        height = pixels.size();
        for (const auto& pixel : pixels) add_pixel(image, record, pixel);
    }
    if (image.probs.rows() == 0) record.fail("'probabilities' has no pixels");
    return image;
}

/// Lightly's `predictions`, one object a mask.
class MaskList {
public:
    explicit MaskList(const Record& record) : record_(record) {}

    SegmentedImage read(const json::value& value) {
        for (const auto& prediction : record_.array(value, "predictions"))
            add(record_.object(prediction, "predictions"));
        if (probs_.rows() == 0 && !categories_.empty()) make_up();
        return {.probs = std::move(probs_), .weights = std::move(weights_)};
    }

private:
    void add(const json::object& prediction) {
        const Mask mask = read_mask(member(prediction, "segmentation"));
        if (pixels_.value_or(mask.pixels) != mask.pixels)
            record_.fail(fmt::format("the masks cover {} and {} pixels, and all are of one image",
                                     *pixels_,
                                     mask.pixels));
        pixels_ = mask.pixels;
        weights_.push_back(static_cast<double>(mask.inside));
        categories_.push_back(static_cast<int>(record_.integer(
            member(prediction, "category_id"), "category_id", 0, most_categories - 1)));
        scores_.push_back(record_.number(member(prediction, "score"), "score"));
        if (const auto* probs = prediction.if_contains("probabilities")) add_probs(*probs);
        if (probs_.rows() != 0 && probs_.rows() != scores_.size())
            record_.fail("some predictions have 'probabilities' and some have none");
    }

    void add_probs(const json::value& value) {
        const auto row = record_.numbers(value, "probabilities");
        if (row.empty()) record_.fail("'probabilities' is empty; give one for each class");
        if (probs_.rows() > 0 && row.size() != probs_.cols())
            record_.fail(
                fmt::format("'probabilities' holds {} numbers, where the mask before has {}",
                            row.size(),
                            probs_.cols()));
        probs_.append_row(row);
    }

    const json::value& member(const json::object& prediction, std::string_view key) const {
        return record_.member(prediction, key, fmt::format("predictions[{}]", scores_.size()));
    }

    Mask read_mask(const json::value& value) const {
        const auto* coco = value.if_object();
        if (coco == nullptr) return read_runs(value, "segmentation");
        const auto& size = record_.array(record_.member(*coco, "size", "'segmentation'"), "size");
        if (size.size() != 2) record_.fail("'size' must be [height, width]");
        const auto height = record_.integer(size[0], "size", 0, most_pixels);
        const auto width = record_.integer(size[1], "size", 0, most_pixels);
        const auto& counts = record_.member(*coco, "counts", "'segmentation'");
        if (counts.is_string())
            record_.fail("'counts' is packed as a string; write the list of numbers");
        const Mask mask = read_runs(counts, "counts");
        if (width != 0 && (height > most_pixels / width || height * width != mask.pixels))
            record_.fail(fmt::format(
                "the mask has {} pixels and the image {} x {}", mask.pixels, height, width));
        return mask;
    }

    /// Run lengths, first of zeros.
    Mask read_runs(const json::value& value, std::string_view where) const {
        Mask mask;
        bool is_inside = false;
        for (const auto& run : record_.array(value, where)) {
            const auto length = record_.integer(run, where, 0, most_pixels);
            mask.pixels += length;
            if (mask.pixels > most_pixels)
                record_.fail(fmt::format("'{}' is longer than any image", where));
            if (is_inside) mask.inside += length;
            is_inside = !is_inside;
        }
        return mask;
    }

    /// Class probabilities for masks that have none, as ObjectDetectionOutput makes them up.
    void make_up() {
        const std::vector<scoring::BoundingBox> whole(scores_.size(),
                                                      scoring::BoundingBox(0, 0, 1, 1));
        try {
            probs_ = scoring::ObjectDetectionOutput::from_scores(whole, scores_, categories_)
                         .class_probabilities();
        } catch (const DataError& error) {
            record_.fail(error.what());
        }
    }

    const Record& record_;
    std::optional<std::int64_t> pixels_;
    std::vector<double> weights_;
    std::vector<double> scores_;
    std::vector<int> categories_;
    Probabilities probs_;
};

struct SegmentationDecoder {
    void operator()(const Record& record, SegmentationRecords& batch) const {
        const auto* pixels = record.object().if_contains("probabilities");
        const auto* masks = record.object().if_contains("predictions");
        if (pixels == nullptr && masks == nullptr)
            record.fail("the record has neither 'probabilities' nor 'predictions'");
        batch.images.push_back(pixels != nullptr ? read_pixels(record, *pixels)
                                                 : MaskList(record).read(*masks));
    }
};

}  // namespace

std::unique_ptr<SegmentationReader> open_segmentation(LineReader lines,
                                                      const ReadOptions& options) {
    return std::make_unique<JsonReader<SegmentationRecords, SegmentationDecoder>>(std::move(lines),
                                                                                  options);
}

}  // namespace trommel::dataset
