#include "trommel/platform/embedded.hpp"

#include "platform/embedded/accepting.hpp"
#include "platform/embedded/catalog.hpp"
#include "platform/embedded/job_queue.hpp"
#include "platform/embedded/job_records.hpp"
#include "platform/embedded/pick_keeper.hpp"
#include "platform/embedded/sampling.hpp"
#include "platform/embedded/store_calls.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <new>

namespace trommel {

namespace {

using store::Store;

constexpr std::size_t max_running = 2;  // one more than one, so that a short job passes a long one
constexpr std::size_t max_cached_rows = 2;   // matrices, each perhaps gigabytes
constexpr std::size_t max_cached_names = 4;  ///< lists of a million take 50 MB and more

std::unique_ptr<Store> reader_of(Store& store) { return embedded::call(&Store::reader, &store); }

void nothing() {}

/// What a job's failure is called in its status.
std::string sentence(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
        return "not enough memory for the selection; select among fewer samples, or use a machine "
               "with more";
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

EmbeddedPlatform::EmbeddedPlatform(asio::any_io_executor executor,
                                   std::unique_ptr<Store> store,
                                   CpuPool& cpu,
                                   std::chrono::milliseconds keep_every,
                                   std::size_t memory)
    : store_(std::move(store)),
      quick_{reader_of(*store_)},
      bulk_{reader_of(*store_)},
      cpu_(cpu),
      keep_every_(keep_every),
      memory_(memory),
      waiting_(std::make_unique<embedded::JobQueue>()),
      jobs_(std::move(executor)) {
    const auto unfinished = embedded::call(&Store::unfinished_jobs, store_.get());
    for (const auto& id : unfinished)
        take_on(embedded::call(embedded::dataset_of_job, store_.get(), id), id);
    start_removing();
}

EmbeddedPlatform::~EmbeddedPlatform() { assert(closed_ && "await close() before destroying"); }

asio::awaitable<void> EmbeddedPlatform::close() {
    closed_ = true;
    waiting_->clear();
    jobs_.cancel();
    co_await jobs_.join();
    // The store's thread comes to this after the picks that the stopped jobs have sent there.
    co_await on_io(store_thread_, nothing);
}

// Datasets and samples

asio::awaitable<DatasetId> EmbeddedPlatform::create_dataset(std::string name) {
    co_return co_await in_store(embedded::create_dataset, std::move(name));
}

asio::awaitable<std::optional<Dataset>> EmbeddedPlatform::find_dataset(std::string name) {
    co_return co_await in(quick_, embedded::find_dataset, std::move(name));
}

asio::awaitable<Dataset> EmbeddedPlatform::dataset(DatasetId id) {
    co_return co_await in(quick_, embedded::dataset, std::move(id));
}

asio::awaitable<std::vector<Dataset>> EmbeddedPlatform::datasets() {
    co_return co_await in(quick_, &Store::datasets);
}

asio::awaitable<void> EmbeddedPlatform::rename_dataset(DatasetId id, std::string name) {
    co_await in_store(embedded::rename_dataset, std::move(id), std::move(name));
}

asio::awaitable<void> EmbeddedPlatform::delete_dataset(DatasetId id) {
    const auto jobs = co_await in(quick_, embedded::unfinished_jobs, id);
    for (const auto& job : jobs) co_await cancel_job(job);
    co_await in_store(&Store::delete_dataset, id);
    start_removing();
    std::erase_if(names_, [&](const auto& entry) { return entry.first == id; });
}

asio::awaitable<std::optional<SampleIndex>> EmbeddedPlatform::find_sample(DatasetId dataset,
                                                                          std::string name) {
    co_return co_await in(quick_, embedded::find_sample, std::move(dataset), std::move(name));
}

asio::awaitable<std::optional<std::string>> EmbeddedPlatform::sample_name(DatasetId dataset,
                                                                          SampleIndex sample) {
    co_return co_await in(quick_, embedded::sample_name, std::move(dataset), sample);
}

asio::awaitable<EmbeddedPlatform::Names> EmbeddedPlatform::mappings(DatasetId id) {
    // Samples are only ever added, so names of the right number are the right names.
    const Dataset now = co_await in(quick_, embedded::dataset, id);
    const Names known = known_names(id);
    if (known && known->size() == now.sample_count) co_return known;
    auto read = co_await in(bulk_, &Store::samples, id);
    // Of many who ask at once, the first one's are for all.
    const Names others = known_names(id);
    if (others && others->size() == read.size()) co_return others;
    auto names = std::make_shared<const std::vector<std::string>>(std::move(read));
    remember(id, names);
    co_return names;
}

EmbeddedPlatform::Names EmbeddedPlatform::known_names(const DatasetId& id) {
    const auto same = [&](const auto& entry) { return entry.first == id; };
    const auto known = std::find_if(names_.begin(), names_.end(), same);
    if (known == names_.end()) return nullptr;
    std::rotate(known, known + 1, names_.end());
    return names_.back().second;
}

void EmbeddedPlatform::remember(const DatasetId& id, Names names) {
    std::erase_if(names_, [&](const auto& entry) { return entry.first == id; });
    names_.emplace_back(id, std::move(names));
    if (names_.size() > max_cached_names) names_.pop_front();
}

// Tags

asio::awaitable<TagId> EmbeddedPlatform::create_initial_tag(DatasetId dataset) {
    co_return co_await in_store(embedded::create_initial_tag, std::move(dataset));
}

asio::awaitable<TagId> EmbeddedPlatform::create_tag(DatasetId dataset, NewTag tag) {
    co_return co_await in_store(embedded::create_tag, std::move(dataset), std::move(tag));
}

asio::awaitable<Tag> EmbeddedPlatform::tag(DatasetId dataset, TagId id) {
    co_return co_await in(quick_, embedded::tag, std::move(dataset), std::move(id));
}

asio::awaitable<Tag> EmbeddedPlatform::tag(TagId id) {
    co_return co_await in(quick_, embedded::tag_of_any_dataset, std::move(id));
}

asio::awaitable<std::optional<Tag>> EmbeddedPlatform::find_tag(DatasetId dataset,
                                                               std::string name) {
    co_return co_await in(quick_, embedded::find_tag, std::move(dataset), std::move(name));
}

asio::awaitable<std::vector<Tag>> EmbeddedPlatform::tags(DatasetId dataset) {
    co_return co_await in(quick_, embedded::tags, std::move(dataset));
}

asio::awaitable<void> EmbeddedPlatform::change_tag(DatasetId dataset,
                                                   TagId id,
                                                   std::string name,
                                                   std::optional<BitMask> mask) {
    co_await in_store(
        embedded::change_tag, std::move(dataset), std::move(id), std::move(name), std::move(mask));
}

asio::awaitable<TagId> EmbeddedPlatform::grow_tags(DatasetId dataset, std::string name) {
    co_return co_await in_store(embedded::grow_tags, std::move(dataset), std::move(name));
}

asio::awaitable<void> EmbeddedPlatform::delete_tag(DatasetId dataset, TagId id) {
    co_await in_store(embedded::delete_tag, std::move(dataset), std::move(id));
}

// Embeddings and scores

asio::awaitable<EmbeddingId> EmbeddedPlatform::announce_embeddings(DatasetId dataset,
                                                                   std::string name) {
    co_return co_await in_store(embedded::announce_embeddings, std::move(dataset), std::move(name));
}

asio::awaitable<EmbeddingId> EmbeddedPlatform::upload_embeddings(
    DatasetId dataset, std::string name, Rows rows, std::optional<EmbeddingId> announced) {
    EmbeddingId id = co_await in_store(
        embedded::add_embedding, std::move(dataset), std::move(name), rows, std::move(announced));
    remember(id, std::move(rows));
    co_return id;
}

asio::awaitable<std::vector<Embedding>> EmbeddedPlatform::embeddings(DatasetId dataset) {
    co_return co_await in(quick_, embedded::embeddings, std::move(dataset));
}

asio::awaitable<EmbeddedPlatform::Rows> EmbeddedPlatform::embedding(DatasetId dataset,
                                                                    EmbeddingId id) {
    co_await in(quick_, embedded::check_embedding_exists, std::move(dataset), id);
    co_return co_await rows_of(std::move(id));
}

asio::awaitable<void> EmbeddedPlatform::delete_embedding(DatasetId dataset, EmbeddingId id) {
    co_await in_store(embedded::delete_embedding, std::move(dataset), id);
    start_removing();
    std::erase_if(rows_, [&](const auto& entry) { return entry.first == id; });
}

asio::awaitable<EmbeddedPlatform::Rows> EmbeddedPlatform::rows_for(std::optional<EmbeddingId> id) {
    if (!id) co_return nullptr;
    co_return co_await rows_of(*std::move(id));
}

asio::awaitable<EmbeddedPlatform::Rows> EmbeddedPlatform::rows_of(EmbeddingId id) {
    const auto same = [&](const auto& entry) { return entry.first == id; };
    if (const auto known = std::find_if(rows_.begin(), rows_.end(), same); known != rows_.end())
        co_return known->second;
    Matrix read = co_await in(bulk_, &Store::embedding_rows, id);
    auto rows = std::make_shared<const Matrix>(std::move(read));
    remember(id, rows);
    co_return rows;
}

void EmbeddedPlatform::remember(const EmbeddingId& id, Rows rows) {
    rows_.emplace_back(id, std::move(rows));
    if (rows_.size() > max_cached_rows) rows_.pop_front();
}

asio::awaitable<void> EmbeddedPlatform::upload_scores(TagId tag,
                                                      std::string type,
                                                      std::vector<double> scores,
                                                      std::string key) {
    co_await in_store(
        embedded::put_scores, std::move(tag), std::move(type), std::move(scores), std::move(key));
}

asio::awaitable<std::vector<Score>> EmbeddedPlatform::scores(TagId tag) {
    co_return co_await in(quick_, embedded::scores, std::move(tag));
}

asio::awaitable<std::vector<double>> EmbeddedPlatform::score_values(TagId tag, std::string type) {
    co_return co_await in(bulk_, embedded::score_values, std::move(tag), std::move(type));
}

// Sampling

asio::awaitable<JobId> EmbeddedPlatform::sample(SamplingRequest request) {
    const DatasetId dataset = request.dataset;
    const embedded::Accepted accepted =
        co_await in_store(embedded::accept, std::move(request), memory_);
    if (accepted.is_new) take_on(dataset, accepted.id);
    co_return accepted.id;
}

asio::awaitable<JobStatus> EmbeddedPlatform::job(JobId id) {
    JobStatus status = co_await in(quick_, embedded::status, id);
    if (const auto failure = unrecorded_failures_.find(id); failure != unrecorded_failures_.end()) {
        status.state = JobState::failed;
        status.error = failure->second;
    }
    if (!embedded::has_ended(status.state)) take_on(status.dataset, id);
    co_return status;
}

asio::awaitable<std::vector<ListedJob>> EmbeddedPlatform::jobs() {
    co_return co_await in(quick_, embedded::jobs);
}

asio::awaitable<std::vector<Pick>> EmbeddedPlatform::picks(JobId id) {
    co_return co_await in(bulk_, embedded::picks, std::move(id));
}

asio::awaitable<void> EmbeddedPlatform::flush() { co_await in_store(&Store::flush); }

asio::awaitable<void> EmbeddedPlatform::cancel_job(JobId id) {
    co_await in_store(embedded::cancel, id);
    // What waits finds that it has ended once it begins.
    if (const auto mine = mine_.find(id); mine != mine_.end()) mine->second.request_stop();
}

void EmbeddedPlatform::take_on(const DatasetId& dataset, const JobId& id) {
    if (!mine_.try_emplace(id).second) return;
    waiting_->push(dataset, id);
    start_jobs();
}

void EmbeddedPlatform::start_jobs() {
    while (!closed_ && running_ < max_running && !waiting_->empty()) {
        ++running_;
        jobs_.start(run_job(*waiting_->pop()));
    }
}

asio::awaitable<void> EmbeddedPlatform::run_job(JobId id) {
    std::exception_ptr failure;
    try {
        co_await select(id);
    } catch (...) {
        failure = std::current_exception();
    }
    // A job that was stopped stays as it is in the store, to be done when it is opened again.
    if (failure && is_cancellation(failure)) co_return;
    if (failure) {
        std::string error = sentence(failure);
        co_await fail(id, std::move(error));
    }
    mine_.erase(id);
    --running_;
    start_jobs();
}

asio::awaitable<void> EmbeddedPlatform::select(JobId id) {
    const std::stop_token cancelled = mine_.at(id).get_token();
    const auto assignment = co_await in_store(embedded::begin, std::move(id));
    if (!assignment) co_return;
    Rows rows = co_await rows_for(assignment->job.request.embedding);
    const auto keeper = std::make_shared<embedded::PickKeeper>(
        *store_, store_thread_, assignment->job.id, assignment->made.size(), keep_every_);
    auto chosen =
        co_await on_cpu(cpu_, embedded::choose, assignment, std::move(rows), keeper, cancelled);
    co_await in_store(embedded::finish, assignment, std::move(chosen));
}

asio::awaitable<void> EmbeddedPlatform::fail(JobId id, std::string error) {
    try {
        co_await in_store(&Store::fail_job, id, error);
    } catch (const PlatformError&) {
        unrecorded_failures_[id] = error;
    }
}

}  // namespace trommel
