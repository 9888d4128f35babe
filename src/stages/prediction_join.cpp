#include "stages/prediction_join.hpp"

#include "trommel/runtime/io_pool.hpp"
#include "trommel/scoring/probabilities.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trommel::stages {
namespace {

/// The row as a line of a file.
std::string text_of(const dataset::ClassificationBatch& batch, std::size_t row) {
    return fmt::format(R"({{"file_name": "{}", "probabilities": [{}]}})",
                       batch.names[row],
                       fmt::join(batch.probs.row(row), ", "));
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

PredictionJoin::PredictionJoin(TagSetPtr of,
                               std::filesystem::path file,
                               RecordErrors& errors,
                               dataset::FilePart part)
    : of_(std::move(of)),
      file_(std::move(file)),
      errors_(errors),
      part_(part),
      names_(*of_, file_, &errors_),
      coverage_(*of_, "a prediction") {
    if (part_.count > 1 && of_->preselected)
        for (const SampleIndex sample : of_->preselected->mask.indices()) coverage_.add(sample);
}

dataset::OnFault PredictionJoin::on_fault() const {
    return errors_.tolerated() ? dataset::OnFault::go_on : dataset::OnFault::stop;
}

/// The rows of good records, whose samples are added to `samples`.
template <typename Batch>
std::vector<std::size_t> PredictionJoin::rows(const Batch& read,
                                              std::vector<SampleIndex>& samples) {
    for (const auto& fault : read.faults) names_.fail(fault);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < read.names.size(); ++i) {
        if (!is_good(read, i)) continue;
        const auto sample = names_.find(read.names[i], read.lines[i]);
        if (!sample) continue;
        coverage_.add(*sample);
        samples.push_back(*sample);
        rows.push_back(i);
    }
    joined_ += rows.size();
    return rows;
}

bool PredictionJoin::is_good(const dataset::ClassificationBatch& read, std::size_t row) {
    const auto fault = scoring::probability_fault(read.probs.row(row));
    if (!fault) return true;
    names_.fail(
        {.line = read.lines[row],
         .sample = read.names[row],
         .what = fmt::format(
             "{}:{}: sample '{}': {}", file_.string(), read.lines[row], read.names[row], *fault),
         .text = text_of(read, row)});
    return false;
}

std::shared_ptr<ClassificationBatch> PredictionJoin::join(dataset::ClassificationBatch read) {
    auto batch = std::make_shared<ClassificationBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read, batch->samples))
        batch->probs.append_row(read.probs.row(row));
    return batch;
}

std::shared_ptr<DetectionBatch> PredictionJoin::join(dataset::DetectionBatch read) {
    auto batch = std::make_shared<DetectionBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read, batch->samples))
        batch->outputs.push_back(std::move(read.outputs[row]));
    return batch;
}

void PredictionJoin::check() const {
    names_.check();
    if (part_.index == part_.count) return coverage_.check(errors_);
    coverage_.check_twice();
    if (joined_ == 0)
        throw DataError(
            fmt::format("{}: shard {} of {} has no sample of tag '{}'; take fewer shards",
                        file_.string(),
                        part_.index,
                        part_.count,
                        of_->query.name));
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
