// CSV: a header with the classes, a row a sample.
#include "predictions/records.hpp"
#include "trommel/predictions/format.hpp"

namespace trommel::predictions {
namespace {

std::unique_ptr<ChunkReader> open_csv(const std::filesystem::path& file,
                                      const ReadRequest& request,
                                      RowNames&) {
    return in_order(batches_of(
        open_classification(
            dataset::LineReader::open(file), dataset::PredictionFormat::csv, request.options(4096)),
        file.string()));
}

}  // namespace

Format csv() {
    return {.name = "csv",
            .title = "CSV",
            .extensions = {".csv"},
            .types = {PredictionType::classification},
            .open = open_csv};
}

}  // namespace trommel::predictions
