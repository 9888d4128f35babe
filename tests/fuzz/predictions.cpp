// Any text gives whole batches, or a DataError, whichever predictions it is taken for.
#include "trommel/dataset/predictions.hpp"

#include "text.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/committees.hpp"

namespace {

using namespace trommel::dataset;

std::size_t predicted(const ClassificationRecords& batch) { return batch.probs.rows(); }
std::size_t predicted(const DetectionRecords& batch) { return batch.outputs.size(); }
std::size_t predicted(const SegmentationRecords& batch) { return batch.images.size(); }
std::size_t predicted(const KeypointRecords& batch) { return batch.outputs.size(); }
std::size_t predicted(const CommitteeRecords& batch) {
    const std::size_t each = batch.members * batch.classes;
    return each == 0 ? batch.probs.size() : batch.probs.size() / each;
}

template <typename Open>
void read_all(Open open) {
    try {
        const auto reader = open();
        while (const auto batch = reader->next()) {
            trommel::test::require(batch->size() > 0);
            trommel::test::require(batch->lines.size() == batch->names.size());
            trommel::test::require(predicted(*batch) == batch->names.size());
        }
    } catch (const trommel::DataError&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto lines = [&] {
        return LineReader::of_text(trommel::test::text_of(data, size), "fuzz");
    };
    read_all(
        [&] { return open_classification(lines(), PredictionFormat::jsonl, {.batch_size = 2}); });
    read_all(
        [&] { return open_classification(lines(), PredictionFormat::csv, {.batch_size = 2}); });
    read_all([&] { return open_detections(lines(), {.batch_size = 2}); });
    for (const auto non_finite : {NonFinite::refuse, NonFinite::keep})
        for (const auto on_fault : {OnFault::stop, OnFault::go_on}) {
            const ReadOptions options{
                .batch_size = 2, .on_fault = on_fault, .non_finite = non_finite};
            read_all([&] { return open_detections(lines(), options); });
            read_all([&] { return open_segmentation(lines(), options); });
            read_all([&] { return open_keypoints(lines(), options); });
            read_all([&] { return open_committees(lines(), options); });
        }
    return 0;
}
