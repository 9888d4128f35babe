// COCO's results, one array in one file.
#include "predictions/records.hpp"
#include "trommel/dataset/coco_results.hpp"
#include "trommel/predictions/format.hpp"

namespace trommel::predictions {
namespace {

std::unique_ptr<ChunkReader> open_coco(const std::filesystem::path& file,
                                       const ReadRequest& request,
                                       RowNames&) {
    return in_order(
        batches_of(dataset::open_coco_results(file, request.options(512)), file.string()));
}

}  // namespace

Format coco() {
    return {.name = "coco",
            .title = "COCO results",
            .extensions = {".json"},
            .types = {PredictionType::object_detection},
            .open = open_coco};
}

}  // namespace trommel::predictions
