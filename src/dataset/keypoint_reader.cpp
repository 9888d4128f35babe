#include "json_reader.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/predictions.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::dataset {
namespace {

constexpr std::int64_t most_categories = 65'536;

struct KeypointDecoder {
    void operator()(const Record& record, KeypointRecords& batch) const {
        const auto& list = record.array(record.member(record.object(), "predictions", "the record"),
                                        "predictions");
        scoring::KeypointPrediction image;
        for (const auto& prediction : list)
            image.push_back(read(record, record.object(prediction, "predictions"), image.size()));
        batch.outputs.push_back(std::move(image));
    }

private:
    static scoring::KeypointInstancePrediction read(const Record& record,
                                                    const boost::json::object& prediction,
                                                    std::size_t index) {
        const auto where = fmt::format("predictions[{}]", index);
        auto keypoints =
            record.numbers(record.member(prediction, "keypoints", where), where + ".keypoints");
        std::int64_t category = -1;
        if (const auto* id = prediction.if_contains("category_id"))
            category = record.integer(*id, "category_id", 0, most_categories - 1);
        double score = -1;
        if (const auto* value = prediction.if_contains("score"))
            score = record.number(*value, "score");
        try {
            return scoring::KeypointInstancePrediction(
                std::move(keypoints), static_cast<int>(category), score);
        } catch (const DataError& error) {
            record.fail(fmt::format("{}: {}", where, error.what()));
        }
    }
};

}  // namespace

std::unique_ptr<KeypointReader> open_keypoints(LineReader lines, const ReadOptions& options) {
    return std::make_unique<JsonReader<KeypointRecords, KeypointDecoder>>(std::move(lines),
                                                                          options);
}

}  // namespace trommel::dataset
