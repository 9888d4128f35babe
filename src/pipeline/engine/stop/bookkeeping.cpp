#include "pipeline/engine/stop/bookkeeping.hpp"

#include "pipeline/engine/stop/class_guard.hpp"
#include "trommel/core/random.hpp"
#include "trommel/runtime/on_cpu.hpp"

#include <algorithm>

namespace trommel {
namespace {

constexpr std::size_t stop_set_size = 2000;

bool has_label_stage(const Pipeline& pipeline) {
    return std::ranges::any_of(pipeline.stages, [](const StageSpec& stage) {
        return stage.type->output == LabelBatch::port;
    });
}

std::vector<SampleIndex> picks_of(const RoundOutcome& outcome) {
    std::vector<SampleIndex> picks;
    for (const auto& [state, tags] : outcome.written)
        for (const Pick& pick : tags->added) picks.push_back(pick.sample);
    return picks;
}

StopFacts digested(const std::shared_ptr<RoundWatch>& watch,
                   const std::vector<SampleIndex>& picks,
                   StopFacts facts) {
    watch->digest(picks, facts);
    return facts;
}

}  // namespace

void Bookkeeping::begin(const OpenDataset& dataset,
                        const std::map<std::string, Tag>& states,
                        BitMask kept,
                        Clock::TimePoint now) {
    StopFacts& facts = history_.facts;
    facts.begun = std::chrono::time_point_cast<std::chrono::milliseconds>(now);
    facts.pool = dataset.pool.mask.count();
    facts.labeled = labeled_set(pipeline_, states).count();
    facts.kept = std::move(kept);
    if (needs_.classes) facts.stop_set = draw_stop_set(dataset.pool.mask, pipeline_.seed());
}

asio::awaitable<StopFacts> Bookkeeping::digest(CpuPool& cpu,
                                               std::shared_ptr<RoundWatch> watch,
                                               const RoundOutcome& outcome) const {
    auto picks = picks_of(outcome);
    StopFacts facts = history_.facts;
    if (needs_.scores.empty() && !needs_.classes) co_return facts;
    co_return co_await on_cpu(cpu, digested, std::move(watch), std::move(picks), std::move(facts));
}

void Bookkeeping::commit(StopFacts digested, const FinishedRound& finished) {
    if (finished.round > 0) history_.facts = std::move(digested);
    const std::size_t labels_before = history_.facts.human.count();
    note_labels(finished);
    const std::size_t labels = history_.facts.human.count();
    note_costs(finished, labels - std::min(labels, labels_before));
    for (auto& warning : class_warnings(pipeline_, finished.watch)) {
        warning.round = finished.round;
        warn(std::move(warning));
    }
}

void Bookkeeping::note_labels(const FinishedRound& finished) {
    StopFacts& facts = history_.facts;
    const BitMask labeled = labeled_set(pipeline_, finished.states);
    if (finished.round > 0)
        facts.last_growth = std::max(labeled.count(), facts.labeled) - facts.labeled;
    facts.labeled = labeled.count();
    if (!has_label_stage(pipeline_)) return;
    for (const auto& [stage, answered] : finished.watch.answered())
        facts.answered[stage] |= answered;
    const BitMask& given = finished.watch.labeled();
    const BitMask& asked = finished.watch.asked();
    facts.human = ((facts.human - asked) | given) - facts.kept;
    facts.unanswered = ((facts.unanswered | asked) - given) & labeled;
    facts.owed = labeled - facts.human - facts.unanswered - facts.kept - given;
}

std::size_t Bookkeeping::labels_of(const BitMask& measured, const RoundWatch& watch) const {
    if (!has_label_stage(pipeline_)) return measured.count();
    const StopFacts& facts = history_.facts;
    const BitMask there = watch.labeled() | ((facts.human | facts.kept) - watch.asked());
    return (measured & there).count();
}

void Bookkeeping::note_costs(const FinishedRound& finished, std::size_t new_labels) {
    StopFacts& facts = history_.facts;
    const CostSpec& cost = pipeline_.rounds.cost;
    double stages = 0;
    for (const StageSpec* stage : finished.stages) {
        ++facts.stage_runs[stage->name];
        stages += cost.of_stage(stage->name);
    }
    facts.spent += stages + cost.per_label * static_cast<double>(new_labels);
    if (finished.round > 0)
        facts.last_cost = stages + cost.per_label * static_cast<double>(facts.last_growth);
}

void Bookkeeping::warn(Warning warning) {
    if (!history_.facts.warned.insert(warning.code + ": " + warning.message).second) return;
    observer_.warned(warning);
    history_.warnings.push_back(std::move(warning));
}

BitMask labeled_set(const Pipeline& pipeline, const std::map<std::string, Tag>& states) {
    BitMask written;
    BitMask all;
    bool is_any_written = false;
    for (const auto& [name, tag] : states) {
        all |= tag.mask;
        if (std::ranges::count(pipeline.stages, name, &StageSpec::writes) == 0) continue;
        written |= tag.mask;
        is_any_written = true;
    }
    return is_any_written ? written : all;
}

std::vector<SampleIndex> draw_stop_set(const BitMask& pool, std::uint64_t seed) {
    auto samples = pool.indices();
    if (samples.size() <= stop_set_size) return samples;
    Random random(seed, 0, "rounds.stop_set");
    std::vector<SampleIndex> drawn;
    for (const auto position : draw(random, stop_set_size, samples.size()))
        drawn.push_back(samples[position]);
    std::ranges::sort(drawn);
    return drawn;
}

}  // namespace trommel
