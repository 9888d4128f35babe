#include "platform/embedded/catalog.hpp"

#include "trommel/core/text.hpp"
#include "trommel/platform/naming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trommel::embedded {

namespace {

using Reason = PlatformError::Reason;

constexpr const char* initial_name = "initial-tag";

std::string known_name(Store& store, const DatasetId& dataset, SampleIndex sample) {
    return store.sample_name(dataset, sample).value_or("");
}

void check_mask(const Dataset& owner, const std::string& tag, const BitMask& mask) {
    if (mask.end() > owner.sample_count)
        throw PlatformError(
            Reason::invalid,
            fmt::format("tag '{}' names sample {}, but dataset '{}' has only {}, counted from 0",
                        tag,
                        mask.end() - 1,
                        owner.name,
                        owner.sample_count));
}

void check_shape(const Dataset& dataset, const std::shared_ptr<const Matrix>& rows) {
    if (!rows || rows->cols() == 0)
        throw PlatformError(Reason::invalid, "embeddings without a dimension; give at least one");
    if (rows->rows() != dataset.sample_count)
        throw PlatformError(
            Reason::invalid,
            fmt::format(
                "dataset '{}' has {} samples but {} rows of embeddings were given; give one "
                "row for each sample, in the order of the samples",
                dataset.name,
                with_commas(dataset.sample_count),
                with_commas(rows->rows())));
}

void check_finite(Store& store, const DatasetId& dataset, const Matrix& rows) {
    const auto values = rows.values();
    const auto bad = std::find_if(
        values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    if (bad == values.end()) return;
    const auto sample = static_cast<std::size_t>(bad - values.begin()) / rows.cols();
    throw PlatformError(
        Reason::invalid,
        fmt::format("the embedding of sample '{}' holds {}; embeddings have to be finite",
                    known_name(store, dataset, static_cast<SampleIndex>(sample)),
                    shortest(*bad)));
}

void check_finite(Store& store, const Tag& tag, const std::vector<double>& scores) {
    const auto bad = std::find_if(
        scores.begin(), scores.end(), [](double value) { return !std::isfinite(value); });
    if (bad == scores.end()) return;
    const auto sample = tag.mask.indices()[static_cast<std::size_t>(bad - scores.begin())];
    throw PlatformError(
        Reason::invalid,
        fmt::format("the score of sample '{}' is {}; scores have to be finite, so check what the "
                    "model predicted for it",
                    known_name(store, tag.dataset, sample),
                    shortest(*bad)));
}

/// One of another dataset is told of in the same words: it may be none of the caller's business.
[[noreturn]] void fail_unknown_tag(const TagId& id) {
    throw PlatformError(Reason::not_found,
                        fmt::format("there is no tag with id '{}'; list the dataset's tags for "
                                    "those there are",
                                    id.text()));
}

}  // namespace

Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
}

DatasetId create_dataset(Store& store, const std::string& name) {
    check_dataset_name(name);
    DatasetId id(new_id());
    store.add_dataset({.id = id, .name = name, .sample_count = 0, .created_at = now()});
    return id;
}

std::optional<Dataset> find_dataset(Store& store, const std::string& name) {
    return store.find_dataset(name);
}

Dataset dataset(Store& store, const DatasetId& id) {
    auto row = store.dataset(id);
    if (!row)
        throw PlatformError(
            Reason::not_found,
            fmt::format("there is no dataset with id '{}'; find it by its name", id.text()));
    return *std::move(row);
}

void rename_dataset(Store& store, const DatasetId& id, const std::string& name) {
    dataset(store, id);
    check_dataset_name(name);
    store.rename_dataset(id, name);
}

std::vector<JobId> unfinished_jobs(Store& store, const DatasetId& id) {
    dataset(store, id);
    std::vector<JobId> jobs;
    for (const auto& each : store.unfinished_jobs())
        if (const auto job = store.job(each); job && job->request.dataset == id)
            jobs.push_back(each);
    return jobs;
}

void add_samples(Store& store, const DatasetId& id, const std::vector<std::string>& names) {
    dataset(store, id);
    for (const auto& name : names) check_sample_name(name);
    store.add_samples(id, names);
}

void check_samples(Store& store,
                   const DatasetId& id,
                   const std::shared_ptr<const std::vector<std::string>>& names) {
    dataset(store, id);
    for (const auto& name : *names) check_sample_name(name);
}

std::optional<SampleIndex> find_sample(Store& store, const DatasetId& id, const std::string& name) {
    dataset(store, id);
    return store.find_sample(id, name);
}

std::optional<std::string> sample_name(Store& store, const DatasetId& id, SampleIndex sample) {
    dataset(store, id);
    return store.sample_name(id, sample);
}

TagId create_initial_tag(Store& store, const DatasetId& id) {
    const auto owner = dataset(store, id);
    if (owner.sample_count == 0)
        throw PlatformError(
            Reason::invalid,
            fmt::format("dataset '{}' has no samples yet; add them before its initial tag",
                        owner.name));
    TagId tag(new_id());
    store.add_tag({.id = tag,
                   .dataset = id,
                   .name = initial_name,
                   .mask = BitMask::first(owner.sample_count),
                   .total = owner.sample_count,
                   .previous = {},
                   .query = {},
                   .preselected = {},
                   .created_at = now()});
    return tag;
}

Tag initial_tag(Store& store, const DatasetId& id) {
    auto row = store.find_tag(id, initial_name);
    if (!row)
        throw PlatformError(Reason::not_found,
                            fmt::format("dataset '{}' has no {} yet; add samples and make it first",
                                        dataset(store, id).name,
                                        initial_name));
    return *std::move(row);
}

TagId create_tag(Store& store, const DatasetId& id, const NewTag& tag) {
    const auto owner = dataset(store, id);
    check_tag_name(tag.name);
    check_mask(owner, tag.name, tag.mask);
    const auto previous =
        tag.previous ? embedded::tag(store, id, *tag.previous).id : initial_tag(store, id).id;
    const auto same = store.find_tag(id, tag.name);
    if (same && same->mask == tag.mask && same->previous == previous) return same->id;
    TagId made(new_id());
    store.add_tag({.id = made,
                   .dataset = id,
                   .name = tag.name,
                   .mask = tag.mask,
                   .total = owner.sample_count,
                   .previous = previous,
                   .query = {},
                   .preselected = {},
                   .created_at = now()});
    return made;
}

Tag tag_of_any_dataset(Store& store, const TagId& id) {
    auto row = store.tag(id);
    if (!row) fail_unknown_tag(id);
    return *std::move(row);
}

Tag tag(Store& store, const DatasetId& id, const TagId& tag) {
    auto row = tag_of_any_dataset(store, tag);
    if (row.dataset != id) fail_unknown_tag(tag);
    return row;
}

std::optional<Tag> find_tag(Store& store, const DatasetId& id, const std::string& name) {
    dataset(store, id);
    return store.find_tag(id, name);
}

std::vector<Tag> tags(Store& store, const DatasetId& id) {
    dataset(store, id);
    return store.tags(id);
}

void change_tag(Store& store,
                const DatasetId& id,
                const TagId& tag,
                const std::string& name,
                const std::optional<BitMask>& mask) {
    const auto was = embedded::tag(store, id, tag);
    check_tag_name(name);
    if (!was.previous && name != was.name)
        throw PlatformError(Reason::invalid, "the initial tag is known by its name; keep it");
    if (mask) check_mask(dataset(store, id), name, *mask);
    store.change_tag(tag, name, mask);
}

TagId grow_tags(Store& store, const DatasetId& id, const std::string& name) {
    const auto initial = initial_tag(store, id);
    check_tag_name(name);
    Tag added;
    added.id = TagId(new_id());
    added.dataset = id;
    added.name = name;
    added.previous = initial.id;
    added.created_at = now();
    store.grow_tags(initial.id, added);
    return added.id;
}

void delete_tag(Store& store, const DatasetId& id, const TagId& tag) {
    embedded::tag(store, id, tag);
    store.delete_tag(tag);
}

EmbeddingId announce_embeddings(Store& store, const DatasetId& id, const std::string& name) {
    dataset(store, id);
    check_embedding_name(name);
    for (const auto& each : store.embeddings(id))
        if (each.name == name)
            throw PlatformError(
                Reason::exists,
                fmt::format("the dataset has embeddings '{}' already; take another name", name));
    return EmbeddingId(new_id());
}

EmbeddingId add_embedding(Store& store,
                          const DatasetId& id,
                          const std::string& name,
                          const std::shared_ptr<const Matrix>& rows,
                          const std::optional<EmbeddingId>& announced) {
    check_embedding_name(name);
    check_shape(dataset(store, id), rows);
    check_finite(store, id, *rows);
    EmbeddingId made = announced.value_or(EmbeddingId(new_id()));
    store.add_embedding({.id = made,
                         .dataset = id,
                         .name = name,
                         .rows = rows->rows(),
                         .dimensions = rows->cols(),
                         .created_at = now()},
                        *rows);
    return made;
}

std::vector<Embedding> embeddings(Store& store, const DatasetId& id) {
    dataset(store, id);
    return store.embeddings(id);
}

void check_embedding_exists(Store& store, const DatasetId& id, const EmbeddingId& embedding) {
    const auto row = store.embedding(embedding);
    if (!row || row->dataset != id)
        throw PlatformError(Reason::not_found,
                            fmt::format("dataset '{}' has no embeddings with id '{}'",
                                        dataset(store, id).name,
                                        embedding.text()));
}

void delete_embedding(Store& store, const DatasetId& id, const EmbeddingId& embedding) {
    check_embedding_exists(store, id, embedding);
    store.delete_embedding(embedding);
}

void put_scores(Store& store,
                const TagId& id,
                const std::string& type,
                const std::vector<double>& scores,
                const std::string& key) {
    check_score_type(type);
    const auto tag = tag_of_any_dataset(store, id);
    if (scores.size() != tag.mask.count())
        throw PlatformError(
            Reason::invalid,
            fmt::format("tag '{}' has {} samples but {} scores '{}' were given; give one for each, "
                        "in the order of the samples",
                        tag.name,
                        with_commas(tag.mask.count()),
                        with_commas(scores.size()),
                        type));
    check_finite(store, tag, scores);
    store.put_scores({.tag = id, .type = type, .created_at = now()}, scores, key);
}

std::vector<Score> scores(Store& store, const TagId& id) {
    tag_of_any_dataset(store, id);
    return store.scores(id);
}

std::vector<double> score_values(Store& store, const TagId& id, const std::string& type) {
    const auto tag = tag_of_any_dataset(store, id);
    auto values = store.score_values(id, type);
    if (!values)
        throw PlatformError(
            Reason::not_found,
            fmt::format("tag '{}' has no scores '{}'; upload them first", tag.name, type));
    return *std::move(values);
}

}  // namespace trommel::embedded
