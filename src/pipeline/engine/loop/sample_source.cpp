// The samples that a tag, a file of names or a random draw gives.
#include "pipeline/engine/loop/sample_source.hpp"

#include "trommel/core/random.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace trommel {
namespace {

asio::awaitable<BitMask> tagged(Platform& platform, const OpenDataset& dataset, std::string name) {
    auto tag = co_await platform.find_tag(dataset.dataset.id, name);
    if (!tag)
        throw DataError(fmt::format("dataset '{}' has no tag '{}'", dataset.dataset.name, name));
    co_return tag->mask;
}

BitMask named(const OpenDataset& dataset, const std::filesystem::path& file) {
    std::unordered_map<std::string_view, SampleIndex> indices;
    for (std::size_t i = 0; i < dataset.names->size(); ++i)
        indices.emplace((*dataset.names)[i], static_cast<SampleIndex>(i));
    BitMask mask;
    for (const auto& name : dataset::read_names(file)) {
        const auto found = indices.find(name);
        if (found == indices.end())
            throw DataError(fmt::format("{}: sample '{}' is not in dataset '{}'",
                                        file.string(),
                                        name,
                                        dataset.dataset.name));
        mask.insert(found->second);
    }
    return mask;
}

std::size_t amount_of(const RandomSamples& spec, std::size_t population) {
    if (const auto* share = std::get_if<double>(&spec.amount))
        return static_cast<std::size_t>(std::llround(*share * static_cast<double>(population)));
    return static_cast<std::size_t>(std::get<std::int64_t>(spec.amount));
}

BitMask drawn(const OpenDataset& dataset, const RandomSamples& spec, const DrawKey& key) {
    const auto pool = dataset.pool.mask.indices();
    const std::size_t amount = amount_of(spec, pool.size());
    if (amount > pool.size())
        throw DataError(fmt::format("{}: {} samples are to be drawn, but the pool has only {}",
                                    key.purpose,
                                    with_commas(amount),
                                    with_commas(pool.size())));
    Random random(spec.seed ? static_cast<std::uint64_t>(*spec.seed) : key.seed, 0, key.purpose);
    BitMask mask;
    for (const std::size_t position : draw(random, amount, pool.size()))
        mask.insert(pool[position]);
    return mask;
}

void refuse_outside_pool(const BitMask& mask,
                         const OpenDataset& dataset,
                         const std::string& purpose) {
    const BitMask outside = mask - dataset.pool.mask;
    if (outside.empty()) return;
    throw DataError(fmt::format("{}: sample '{}' and {} others are held out",
                                purpose,
                                (*dataset.names)[outside.indices().front()],
                                outside.count() - 1));
}

}  // namespace

asio::awaitable<BitMask> resolve_source(
    SampleSource source, DrawKey key, Platform& platform, IoPool& io, const OpenDataset& dataset) {
    BitMask mask;
    if (const auto* tag = std::get_if<TaggedSamples>(&source))
        mask = co_await tagged(platform, dataset, tag->tag);
    else if (const auto* names = std::get_if<NamedSamples>(&source))
        mask = co_await on_io(io, named, std::cref(dataset), names->file);
    else
        mask = drawn(dataset, std::get<RandomSamples>(source), key);
    refuse_outside_pool(mask, dataset, key.purpose);
    co_return mask;
}

}  // namespace trommel
