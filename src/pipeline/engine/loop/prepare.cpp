// Before the first round: the dataset on the platform, the hold-out set and the initial states.
#include "pipeline/engine/loop/prepare.hpp"

#include "pipeline/engine/journal/lost_data.hpp"
#include "pipeline/engine/loop/loop.hpp"
#include "pipeline/engine/loop/sample_source.hpp"
#include "trommel/dataset/embeddings.hpp"
#include "trommel/dataset/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace trommel {
namespace {

/// Without rows where the file has names alone.
dataset::Embeddings read_pool(const DatasetSpec& spec) {
    if (spec.names.empty()) return dataset::read_embeddings(spec.embeddings);
    return {dataset::read_names(spec.names), {}};
}

/// Another run, in another process perhaps, may have made the same in the meantime: then nothing.
template <typename Id>
asio::awaitable<std::optional<Id>> unless_made(asio::awaitable<Id> making) {
    try {
        Id made = co_await std::move(making);
        co_return made;
    } catch (const PlatformError& error) {
        if (error.reason() != PlatformError::Reason::exists) throw;
    }
    co_return std::nullopt;
}

asio::awaitable<DatasetId> find_or_create(Platform& platform, std::string name) {
    auto found = co_await platform.find_dataset(name);
    if (found) co_return found->id;
    const auto made = co_await unless_made(platform.create_dataset(name));
    if (made) co_return *made;
    found = co_await platform.find_dataset(name);
    if (!found) throw DataError(fmt::format("dataset '{}' was made and is gone again", name));
    co_return found->id;
}

bool begins_with(const std::vector<std::string>& names, const std::vector<std::string>& first) {
    return first.size() <= names.size() && std::equal(first.begin(), first.end(), names.begin());
}

/// Until the initial tag has been made, a run that was cut off, or that is under way beside this
/// one, may have added only the first of the samples.
asio::awaitable<void> ensure_samples(Platform& platform,
                                     const DatasetSpec& spec,
                                     DatasetId id,
                                     const std::vector<std::string>& names) {
    auto initial = co_await platform.find_tag(id, "initial-tag");
    auto known = co_await platform.mappings(id);
    if (!initial && begins_with(names, *known)) {
        co_await platform.add_samples(id, names);
        co_await unless_made(platform.create_initial_tag(id));
        known = co_await platform.mappings(id);
    }
    if (*known != names) throw OtherDataError(spec, "samples");
}

/// The rows as the platform has them from now on.
asio::awaitable<std::shared_ptr<const Matrix>> ensure_embeddings(
    Platform& platform, const DatasetSpec& spec, DatasetId id, std::shared_ptr<const Matrix> rows) {
    auto known = co_await platform.embeddings(id);
    if (known.empty()) {
        const auto made = co_await unless_made(platform.upload_embeddings(id, "default", rows));
        if (made) co_return rows;
        known = co_await platform.embeddings(id);
    }
    auto stored = co_await platform.embedding(id, known.back().id);
    if (*stored != *rows) throw OtherDataError(spec, "embeddings");
    co_return stored;
}

/// A tag with these samples under the initial tag.
asio::awaitable<Tag> make_tag(Platform& platform,
                              DatasetId dataset,
                              std::string name,
                              BitMask mask) {
    auto initial = co_await platform.find_tag(dataset, "initial-tag");
    NewTag tag;
    tag.name = std::move(name);
    tag.mask = std::move(mask);
    tag.previous = initial->id;
    TagId id = co_await platform.create_tag(dataset, std::move(tag));
    co_return co_await platform.tag(dataset, id);
}

}  // namespace

asio::awaitable<OpenDataset> open_dataset(const Pipeline& pipeline,
                                          Platform& platform,
                                          IoPool& io,
                                          std::string run) {
    const DatasetSpec& spec = pipeline.dataset;
    auto embeddings = co_await on_io(io, read_pool, std::cref(spec));
    DatasetId id = co_await find_or_create(platform, spec.name);
    co_await ensure_samples(platform, spec, id, embeddings.names);

    OpenDataset open;
    if (spec.names.empty()) {
        auto rows = std::make_shared<const Matrix>(std::move(embeddings.rows));
        open.embeddings = co_await ensure_embeddings(platform, spec, id, std::move(rows));
    }
    open.dataset = co_await platform.dataset(id);
    open.names = co_await platform.mappings(id);
    auto initial = co_await platform.find_tag(id, "initial-tag");
    open.pool = *std::move(initial);
    if (!spec.holdout) co_return open;

    const DrawKey key{.seed = pipeline.seed(), .purpose = "dataset.holdout"};
    BitMask held = co_await resolve_source(*spec.holdout, key, platform, io, open);
    BitMask rest = open.pool.mask - held;
    open.holdout = co_await make_tag(platform, id, run + " holdout", std::move(held));
    open.pool = co_await make_tag(platform, id, run + " pool", std::move(rest));
    co_return open;
}

std::string initial_state_name(const std::string& run, const std::string& state) {
    return fmt::format("{} {} 0", run, state);
}

asio::awaitable<std::map<std::string, Tag>> init_states(const Pipeline& pipeline,
                                                        LoopServices& services,
                                                        OpenDataset& dataset,
                                                        std::string run,
                                                        std::map<std::string, BitMask> known) {
    std::map<std::string, Tag> states;
    Platform& platform = services.platform;
    for (const StateSpec& state : pipeline.state) {
        std::string name = initial_state_name(run, state.name);
        std::optional<Tag> made;
        // What the platform keeps may have grown since the run began.
        if (!state.tag.empty()) made = co_await platform.find_tag(dataset.dataset.id, name);
        if (made) {
            states[state.name] = *std::move(made);
            continue;
        }
        BitMask mask;
        if (const auto kept = known.find(state.name); kept != known.end()) {
            mask = kept->second;
        } else if (state.init) {
            const DrawKey key{.seed = pipeline.seed(), .purpose = "state." + state.name};
            mask = co_await resolve_source(*state.init, key, platform, services.io, dataset);
        }
        states[state.name] =
            co_await make_tag(platform, dataset.dataset.id, std::move(name), std::move(mask));
    }
    co_return states;
}

}  // namespace trommel
