#include "platform/embedded/accepting.hpp"

#include "platform/embedded/catalog.hpp"
#include "platform/embedded/job_records.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace trommel::embedded {

namespace {

using Reason = PlatformError::Reason;

void check_min_distance(double distance) {
    if (!std::isfinite(distance))
        throw PlatformError(
            Reason::invalid,
            fmt::format("min_distance is {}; give a number, -1 for none", distance));
}

/// The dataset's embeddings with this id, by default the newest.
Embedding embedding_for(Store& store,
                        const Dataset& dataset,
                        const std::optional<EmbeddingId>& id) {
    const auto all = store.embeddings(dataset.id);
    if (all.empty())
        throw PlatformError(
            Reason::not_found,
            fmt::format(
                "dataset '{}' has no embeddings, which this selection needs; upload them, or "
                "select by random or active_learning without min_distance",
                dataset.name));
    if (!id) return all.back();
    check_embedding_exists(store, dataset.id, *id);
    return *store.embedding(*id);
}

void check_rows_cover(const Embedding& embedding, const Tag& tag) {
    if (tag.mask.end() > embedding.rows)
        throw PlatformError(
            Reason::invalid,
            fmt::format("embeddings '{}' have {} rows but tag '{}' reaches to sample {}; upload "
                        "embeddings of all samples",
                        embedding.name,
                        embedding.rows,
                        tag.name,
                        tag.mask.end() - 1));
}

[[noreturn]] void fail_without_scores(const Tag& query,
                                      const selection::Strategy& strategy,
                                      const std::string& type) {
    throw PlatformError(Reason::not_found,
                        fmt::format("tag '{}' has no scores{}, which {} uses; upload them first{}",
                                    query.name,
                                    type.empty() ? "" : " '" + type + "'",
                                    strategy.name,
                                    type.empty() ? "" : ", or name others as the score"));
}

/// The scores of the query tag to use; none for a strategy that does without.
std::optional<std::string> score_type_for(Store& store,
                                          const Tag& query,
                                          const selection::Strategy& strategy,
                                          const std::optional<std::string>& asked) {
    const auto usual = strategy.usual_score;  // also of what can do without scores
    if (!strategy.needs_scores && usual.empty()) return std::nullopt;
    const auto all = store.scores(query.id);
    const std::string type = asked.value_or(std::string(usual));
    if (std::ranges::count(all, type, &Score::type) > 0) return type;
    const bool may_be_another = !asked && !strategy.needs_usual_score;
    if (may_be_another && !all.empty()) return all.back().type;
    if (!strategy.needs_scores && !asked) return std::nullopt;
    fail_without_scores(query, strategy, may_be_another ? std::string() : type);
}

/// The request's strategy, its settings each written in one way.
selection::StrategyChoice checked_strategy(const SamplingRequest& request) {
    try {
        auto strategy = selection::checked_for_job(request.strategy);
        const bool needs_query = selection::needs_query(strategy);
        if (needs_query == request.similar_to.has_value()) return strategy;
        throw DataError(needs_query ? "similarity needs samples to be near to: name a tag of them"
                                    : strategy.name + " does not use the tag similar_to");
    } catch (const DataError& error) {
        throw PlatformError(Reason::invalid, error.what());
    }
}

/// Throws PlatformError if the proportion is not a share.
void check_proportion(const selection::Stop& stop) {
    try {
        selection::most_picks(stop, 0);
    } catch (const DataError& error) {
        throw PlatformError(Reason::invalid, error.what());
    }
}

/// The scores that goals and thresholds name have to be there.
void check_named_scores(Store& store, const Tag& query, const selection::StrategyChoice& choice) {
    const auto all = store.scores(query.id);
    for (const auto& type : selection::named_scores(choice)) {
        if (std::ranges::count(all, type, &Score::type) > 0) continue;
        throw PlatformError(
            Reason::not_found,
            fmt::format("tag '{}' has no scores '{}', which a goal or threshold names; upload them "
                        "first",
                        query.name,
                        type));
    }
}

/// The bytes that a job takes, embeddings and scores included.
selection::Memory memory_of(const SamplingRequest& request,
                            const std::optional<Embedding>& embedding,
                            const BitMask& query,
                            const BitMask& preselected,
                            const BitMask& similar_to) {
    selection::Extent extent{.candidates = query.count(),
                             .dimensions = embedding ? embedding->dimensions : 0,
                             .picks = wanted_picks(request, query, preselected),
                             .preselected = preselected.count(),
                             .rows = embedding ? embedding->rows : 0,
                             .query = similar_to.count()};
    auto options = selection::options_of(request.strategy);
    for (const auto& goal : request.strategy.goals) {
        options.goals.push_back({.kind = goal.kind});
        extent.classes += goal.categories.size();
    }
    options.thresholds.resize(request.strategy.thresholds.size());
    // Scores of the query tag, these once more where they are balanced, and both sets.
    const std::size_t columns =
        (request.score_type ? 1 : 0) + selection::named_scores(request.strategy).size();
    const std::size_t data = extent.rows * extent.dimensions * sizeof(float) +
                             (columns + extent.classes + 2) * sizeof(double) * query.count() +
                             4 * sizeof(Pick) * extent.picks;
    const auto beside =
        selection::memory_of(selection::named_strategy(request.strategy.name), options, extent);
    return {.least = data + beside.least, .most = data + beside.most};
}

void check_fits(const selection::Memory& needed, std::size_t memory) {
    if (needed.least <= memory) return;
    throw PlatformError(
        Reason::invalid,
        fmt::format("this selection takes up to {} of memory, and there are {}; choose from fewer "
                    "samples, by another strategy, or on a machine with more",
                    in_mebibytes(needed.least),
                    in_mebibytes(memory)));
}

/// Whether a field says something else than the first time, where both say something or what is
/// left out means something.
template <typename T>
bool differs(const FieldInfo& field, const T& asked, const T& was) {
    return asked != was && !(field.is_filled_in && (is_none(asked) || is_none(was)));
}

/// The first field in which `asked` wants something else than `first` did; empty for none. What it
/// leaves to the platform is not a difference.
std::string_view difference(const SamplingRequest& first, SamplingRequest asked) {
    asked.strategy = checked_strategy(asked);
    std::string_view found;
    for_each_field(request_fields, [&](const auto& each) {
        if (found.empty() && differs(each.info, each.of(asked), each.of(first)))
            found = each.info.name;
    });
    return found;
}

/// The job that the request's key means, if it has one and the dataset knows it.
std::optional<JobId> job_of_key(Store& store, const SamplingRequest& request) {
    if (request.key.empty()) return std::nullopt;
    const auto job = store.find_job(request.dataset, request.key);
    if (!job) return std::nullopt;
    if (const auto name = difference(job->request, request); !name.empty())
        throw PlatformError(Reason::invalid,
                            fmt::format("the key '{}' belongs to job {}, which was asked for with "
                                        "another '{}'; repeat that request as it was, or take "
                                        "another key",
                                        request.key,
                                        job->id.text(),
                                        name));
    return job->id;
}

void check_number(const selection::Strategy& strategy, const SamplingRequest& request) {
    const auto missing = selection::missing_number(strategy, request.samples || request.proportion);
    if (!missing.empty()) throw PlatformError(Reason::invalid, missing);
}

BitMask mask_of(const std::optional<Tag>& tag) { return tag ? tag->mask : BitMask(); }

void check_rows_cover(const Embedding& embedding, const std::optional<Tag>& tag) {
    if (tag) check_rows_cover(embedding, *tag);
}

}  // namespace

Accepted accept(Store& store, const SamplingRequest& request, std::size_t memory) {
    const auto owner = dataset(store, request.dataset);
    if (const auto job = job_of_key(store, request)) return {.id = *job, .is_new = false};
    check_tag_name(request.new_tag_name);
    check_min_distance(request.min_distance);
    check_proportion({.picks = {}, .proportion = request.proportion});
    const auto query =
        request.query.empty() ? initial_tag(store, owner.id) : tag(store, owner.id, request.query);
    std::optional<Tag> preselected;
    if (request.preselected) preselected = tag(store, owner.id, *request.preselected);
    const auto choice = checked_strategy(request);
    const auto& strategy = selection::named_strategy(choice.name);
    check_number(strategy, request);

    store::Job job{.id = JobId(new_id()), .request = request, .created_at = now()};
    job.request.strategy = choice;
    job.request.query = query.id;
    job.request.embedding.reset();
    std::optional<Tag> similar_to;
    if (request.similar_to) similar_to = tag(store, owner.id, *request.similar_to);
    std::optional<Embedding> embedding;
    if (selection::needs_embeddings(choice) || request.min_distance >= 0) {
        embedding = embedding_for(store, owner, request.embedding);
        check_rows_cover(*embedding, query);
        check_rows_cover(*embedding, preselected);
        check_rows_cover(*embedding, similar_to);
        job.request.embedding = embedding->id;
    }
    job.request.score_type = score_type_for(store, query, strategy, request.score_type);
    check_named_scores(store, query, choice);
    const auto needed =
        memory_of(job.request, embedding, query.mask, mask_of(preselected), mask_of(similar_to));
    check_fits(needed, memory);
    job.outcome.memory = needed.most;

    try {
        store.add_job(job);
    } catch (const store::StoreError&) {
        // Another process may have come first, with the same key.
        const auto other = job_of_key(store, request);
        if (!other) throw;
        return {.id = *other, .is_new = false};
    }
    return {.id = job.id, .is_new = true};
}

}  // namespace trommel::embedded
