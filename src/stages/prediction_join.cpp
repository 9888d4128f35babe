#include "stages/prediction_join.hpp"

#include "trommel/runtime/io_pool.hpp"
#include "trommel/scoring/probabilities.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

void refuse_bad_rows(const dataset::ClassificationBatch& batch, const std::filesystem::path& file) {
    const auto bad = scoring::check_probabilities(batch.probs);
    if (!bad) return;
    throw DataError(fmt::format("{}:{}: sample '{}': {}",
                                file.string(),
                                batch.lines[bad->row],
                                batch.names[bad->row],
                                bad->reason));
}

template <typename Reader>
auto next_of(const std::shared_ptr<Reader>& reader) {
    return reader->next();
}

template <typename Reader>
asio::awaitable<void> stream(StageContext& context,
                             std::shared_ptr<Reader> reader,
                             PredictionJoin join,
                             Output& out) {
    for (;;) {
        auto read = co_await on_io(context.io, next_of<Reader>, reader);
        if (!read) break;
        auto batch = join.join(*std::move(read));
        if (!batch->samples.empty()) co_await out.send(std::move(batch));
    }
    join.check();
}

}  // namespace

PredictionJoin::PredictionJoin(TagSetPtr of, std::filesystem::path file)
    : of_(std::move(of)),
      file_(std::move(file)),
      names_(*of_, file_),
      coverage_(*of_, "a prediction") {}

std::vector<std::size_t> PredictionJoin::rows(const std::vector<std::string>& names,
                                              const std::vector<std::size_t>& lines,
                                              std::vector<SampleIndex>& samples) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto sample = names_.find(names[i], lines[i]);
        if (!sample) continue;
        coverage_.add(*sample);
        samples.push_back(*sample);
        rows.push_back(i);
    }
    return rows;
}

std::shared_ptr<ClassificationBatch> PredictionJoin::join(dataset::ClassificationBatch read) {
    refuse_bad_rows(read, file_);
    auto batch = std::make_shared<ClassificationBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read.names, read.lines, batch->samples))
        batch->probs.append_row(read.probs.row(row));
    return batch;
}

std::shared_ptr<DetectionBatch> PredictionJoin::join(dataset::DetectionBatch read) {
    auto batch = std::make_shared<DetectionBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read.names, read.lines, batch->samples))
        batch->outputs.push_back(std::move(read.outputs[row]));
    return batch;
}

void PredictionJoin::check() const {
    names_.check();
    coverage_.check();
}

asio::awaitable<void> send_joined(StageContext& context,
                                  std::shared_ptr<dataset::ClassificationReader> reader,
                                  PredictionJoin join,
                                  Output& out) {
    return stream(context, std::move(reader), std::move(join), out);
}

asio::awaitable<void> send_joined(StageContext& context,
                                  std::shared_ptr<dataset::DetectionReader> reader,
                                  PredictionJoin join,
                                  Output& out) {
    return stream(context, std::move(reader), std::move(join), out);
}

}  // namespace trommel::stages
