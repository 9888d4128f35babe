#include "stages/join/prediction_join.hpp"

#include "stages/join/listing.hpp"
#include "trommel/predictions/faults.hpp"
#include "trommel/runtime/io_pool.hpp"
#include "trommel/scoring/probabilities.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel::stages {
namespace {

/// The row as a line of a file.
std::string text_of(const dataset::ClassificationRecords& batch, std::size_t row) {
    return fmt::format(R"({{"file_name": "{}", "probabilities": [{}]}})",
                       batch.names[row],
                       fmt::join(batch.probs.row(row), ", "));
}

template <typename Batch>
std::string text_of(const Batch& batch, std::size_t row) {
    return fmt::format(R"({{"file_name": "{}"}})", batch.names[row]);
}

std::optional<std::string> fault_of(const dataset::ClassificationRecords& batch, std::size_t row) {
    return scoring::probability_fault(batch.probs.row(row));
}
std::optional<std::string> fault_of(const dataset::DetectionRecords& batch, std::size_t row) {
    return predictions::prediction_fault(batch.outputs[row]);
}
std::optional<std::string> fault_of(const dataset::SegmentationRecords& batch, std::size_t row) {
    return predictions::prediction_fault(batch.images[row]);
}
std::optional<std::string> fault_of(const dataset::KeypointRecords& batch, std::size_t row) {
    return predictions::prediction_fault(batch.outputs[row]);
}

std::optional<std::string> fault_of(const dataset::CommitteeRecords& batch, std::size_t row) {
    return predictions::committee_fault(batch.row(row), batch.classes);
}

std::filesystem::path list_of(const StageContext& context) {
    return context.directory / fmt::format("names-{}.csv", context.round);
}

template <typename Batch>
using Joined = decltype(std::declval<PredictionJoin>().join(std::declval<Batch>()));

/// The next batch of the query set's samples; null after the last.
template <typename Batch>
Joined<Batch> next_joined(const std::shared_ptr<dataset::PredictionReader<Batch>>& reader,
                          PredictionJoin& join) {
    auto read = reader->next();
    return read ? join.join(*std::move(read)) : nullptr;
}

template <typename Payload>
std::shared_ptr<Payload> finish(PredictionJoin& join, const TagSetPtr& of) {
    auto rest = std::make_shared<Payload>();
    rest->of = of;
    const BitMask samples = join.finish();
    rest->samples = samples.indices();
    if (!samples.empty()) join.fill(*rest, samples);
    return rest;
}

}  // namespace

PredictionJoin::PredictionJoin(TagSetPtr of, StageContext& context, JoinOptions options)
    : of_(std::move(of)),
      options_(std::move(options)),
      errors_(context.records),
      names_(*of_, options_.file, &errors_, list_of(context)),
      coverage_(*of_, "a prediction") {
    if (options_.part.count > 1 && of_->preselected)
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

template <typename Batch>
bool PredictionJoin::is_good(const Batch& read, std::size_t row) {
    const auto fault = fault_of(read, row);
    if (!fault) return true;
    names_.fail({.line = read.lines[row],
                 .sample = read.names[row],
                 .what = fmt::format("{}:{}: sample '{}': {}",
                                     options_.file.string(),
                                     read.lines[row],
                                     read.names[row],
                                     *fault),
                 .text = text_of(read, row)});
    return false;
}

std::shared_ptr<ClassificationBatch> PredictionJoin::join(dataset::ClassificationRecords read) {
    auto batch = std::make_shared<ClassificationBatch>();
    batch->of = of_;
    batch->precision = read.precision;
    classes_ = read.probs.cols();
    for (const std::size_t row : rows(read, batch->samples))
        batch->probs.append_row(read.probs.row(row));
    return batch;
}

std::shared_ptr<DetectionBatch> PredictionJoin::join(dataset::DetectionRecords read) {
    auto batch = std::make_shared<DetectionBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read, batch->samples))
        batch->outputs.push_back(std::move(read.outputs[row]));
    return batch;
}

std::shared_ptr<SegmentationBatch> PredictionJoin::join(dataset::SegmentationRecords read) {
    auto batch = std::make_shared<SegmentationBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read, batch->samples))
        batch->images.push_back(std::move(read.images[row]));
    return batch;
}

std::shared_ptr<KeypointBatch> PredictionJoin::join(dataset::KeypointRecords read) {
    auto batch = std::make_shared<KeypointBatch>();
    batch->of = of_;
    for (const std::size_t row : rows(read, batch->samples))
        batch->outputs.push_back(std::move(read.outputs[row]));
    return batch;
}

std::shared_ptr<CommitteeBatch> PredictionJoin::join(dataset::CommitteeRecords read) {
    auto batch = std::make_shared<CommitteeBatch>();
    batch->of = of_;
    batch->members = members_ = read.members;
    batch->classes = classes_ = read.classes;
    for (const std::size_t i : rows(read, batch->samples)) {
        const auto row = read.row(i);
        batch->probs.insert(batch->probs.end(), row.begin(), row.end());
    }
    return batch;
}

BitMask PredictionJoin::finish() {
    const bool is_last = options_.part.index == options_.part.count;
    BitMask missing = is_last ? without_record() : BitMask();
    auto faults = names_.faults(options_.on_missing != OnMissing::fail);
    const bool is_fatal = options_.on_missing == OnMissing::fail && !errors_.tolerated();
    if (is_fatal && !missing.empty())
        faults.push_back(
            listing(names_.names().first(NameFault::missing),
                    fmt::format("of tag '{}' came without a prediction", of_->query.name),
                    missing.count()));
    const auto list = names_.names().finish();
    if (!faults.empty()) throw DataError(fmt::format("{}{}", fmt::join(faults, "; "), list));
    coverage_.check_twice();
    if (!is_last) check_part();
    if (options_.on_missing == OnMissing::use_default) return missing;
    errors_.missing(missing, "a prediction");
    return {};
}

/// The samples that have no record, not even one that failed; they are listed.
BitMask PredictionJoin::without_record() {
    BitMask missing = coverage_.missing(errors_);
    for (const SampleIndex sample : missing.indices())
        names_.names().add(NameFault::missing, of_->name(sample));
    return missing;
}

void PredictionJoin::check_part() const {
    if (joined_ == 0)
        throw DataError(
            fmt::format("{}: shard {} of {} has no sample of tag '{}'; take fewer shards",
                        options_.file.string(),
                        options_.part.index,
                        options_.part.count,
                        of_->query.name));
}

double PredictionJoin::all_alike() const {
    if (classes_ == 0)
        throw DataError(
            fmt::format("{}: has no record that says how many classes there are, so "
                        "there is no default for those that are missing",
                        options_.file.string()));
    return classes_ == 1 ? 0.5 : 1 / static_cast<double>(classes_);
}

void PredictionJoin::fill(ClassificationBatch& batch, const BitMask& samples) const {
    const double value = all_alike();
    batch.probs = Probabilities(samples.count(), classes_);
    std::ranges::fill(batch.probs.values(), value);
}

void PredictionJoin::fill(CommitteeBatch& batch, const BitMask& samples) const {
    batch.probs.assign(samples.count() * members_ * classes_, all_alike());
    batch.members = members_;
    batch.classes = classes_;
}

void PredictionJoin::fill(DetectionBatch& batch, const BitMask& samples) {
    batch.outputs.assign(samples.count(), scoring::ObjectDetectionOutput({}, {}, {}));
}

void PredictionJoin::fill(SegmentationBatch& batch, const BitMask& samples) {
    batch.images.resize(samples.count());
}

void PredictionJoin::fill(KeypointBatch& batch, const BitMask& samples) {
    batch.outputs.resize(samples.count());
}

template <typename Batch>
asio::awaitable<void> send_joined(StageContext& context,
                                  std::shared_ptr<dataset::PredictionReader<Batch>> reader,
                                  PredictionJoin join,
                                  Output& out) {
    using Payload = typename Joined<Batch>::element_type;
    TagSetPtr of = join.of();
    for (;;) {
        auto batch = co_await on_io(context.io, next_joined<Batch>, reader, std::ref(join));
        if (!batch) break;
        if (!batch->samples.empty()) co_await out.send(std::move(batch));
    }
    auto rest = co_await on_io(context.io, finish<Payload>, std::ref(join), of);
    if (!rest->samples.empty()) co_await out.send(std::move(rest));
}

template asio::awaitable<void> send_joined(StageContext&,
                                           std::shared_ptr<dataset::ClassificationReader>,
                                           PredictionJoin,
                                           Output&);
template asio::awaitable<void> send_joined(StageContext&,
                                           std::shared_ptr<dataset::DetectionReader>,
                                           PredictionJoin,
                                           Output&);
template asio::awaitable<void> send_joined(StageContext&,
                                           std::shared_ptr<dataset::SegmentationReader>,
                                           PredictionJoin,
                                           Output&);
template asio::awaitable<void> send_joined(StageContext&,
                                           std::shared_ptr<dataset::KeypointReader>,
                                           PredictionJoin,
                                           Output&);
template asio::awaitable<void> send_joined(StageContext&,
                                           std::shared_ptr<dataset::CommitteeReader>,
                                           PredictionJoin,
                                           Output&);

}  // namespace trommel::stages
