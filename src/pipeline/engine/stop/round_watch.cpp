#include "pipeline/engine/stop/round_watch.hpp"

#include <algorithm>
#include <utility>

namespace trommel {
namespace {

/// The values of one score for samples that could be chosen, ascending by sample.
using Column = std::vector<std::pair<SampleIndex, double>>;

bool is_before(const Column::value_type& a, const Column::value_type& b) {
    return a.first < b.first;
}

/// Puts them in order; of values for the same sample the later one stays.
Column in_order(Column column) {
    std::stable_sort(column.begin(), column.end(), is_before);
    Column latest;
    for (const auto& item : column)
        if (!latest.empty() && latest.back().first == item.first)
            latest.back() = item;
        else
            latest.push_back(item);
    return latest;
}

/// All values of `score` in the batches for samples that were not chosen before; the later one
/// where a sample comes twice.
Column column_of(const std::vector<std::shared_ptr<const ScoreBatch>>& batches,
                 const std::string& score) {
    Column column;
    for (const auto& batch : batches) {
        const auto values = std::ranges::find(batch->columns, score, &scoring::ScoreColumn::name);
        if (values == batch->columns.end()) continue;
        const auto& chosen = batch->of->preselected;
        for (std::size_t i = 0; i < batch->samples.size(); ++i)
            if (!chosen || !chosen->mask.contains(batch->samples[i]))
                column.emplace_back(batch->samples[i], values->values[i]);
    }
    return in_order(std::move(column));
}

double mean_of(const Column& column) {
    double sum = 0;
    for (const auto& [sample, value] : column) sum += value;
    return sum / static_cast<double>(column.size());
}

/// The `count` samples of the highest values without those in `picks`, ascending by index; of equal
/// values the lower index.
std::vector<SampleIndex> best_without(Column column, const BitMask& picks, std::size_t count) {
    std::erase_if(column, [&](const auto& item) { return picks.contains(item.first); });
    const auto end = column.begin() + static_cast<std::ptrdiff_t>(std::min(count, column.size()));
    std::partial_sort(column.begin(), end, column.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    std::vector<SampleIndex> best;
    for (auto item = column.begin(); item != end; ++item) best.push_back(item->first);
    std::ranges::sort(best);
    return best;
}

/// |a ∩ b| / min(|a|, |b|); neither is empty.
double overlap(const BitMask& a, const BitMask& b) {
    const auto common = static_cast<double>((a & b).count());
    return common / static_cast<double>(std::min(a.count(), b.count()));
}

}  // namespace

WatchNeeds watch_needs(const Pipeline& pipeline) {
    std::vector<RuleCall> calls;
    const auto add = [&calls](const std::optional<Expression>& expression) {
        if (!expression) return;
        for (auto& call : calls_in(*expression)) calls.push_back(std::move(call));
    };
    add(pipeline.rounds.until);
    for (const auto& stage : pipeline.stages) add(stage.when);
    WatchNeeds needs;
    for (const auto& call : calls) {
        needs.classes |= call.rule == "kappa";
        if (call.rule == "mean_score_below" || call.rule == "selection_overlap")
            needs.scores.insert(call.names.front());
    }
    return needs;
}

void RoundWatch::sent(const StageSpec& stage, const PayloadPtr& payload) {
    const auto port = stage.type->output;
    if (port == LabelBatch::port) note_labels(stage.name, static_cast<const LabelBatch&>(*payload));
    if (port == ScoreBatch::port && !needs_.scores.empty())
        scores_.push_back(std::static_pointer_cast<const ScoreBatch>(payload));
    if (port == ClassificationBatch::port && needs_.classes)
        note_classes(static_cast<const ClassificationBatch&>(*payload));
}

void RoundWatch::note_labels(const std::string& stage, const LabelBatch& batch) {
    if (batch.of && batch.of->preselected) asked_ |= batch.of->preselected->mask;
    const BitMask given = BitMask::of(batch.samples);
    labeled_ |= given;
    answered_[stage] |= given;
    classes_seen_.insert(batch.labels.begin(), batch.labels.end());
    classes_known_.insert(batch.classes.begin(), batch.classes.end());
}

void RoundWatch::note_classes(const ClassificationBatch& batch) {
    classes_ = batch.probs.cols();
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
        if (!stop_set_.contains(batch.samples[i])) continue;
        const auto row = batch.probs.row(i);
        const auto likeliest = std::ranges::max_element(row) - row.begin();
        predicted_.insert_or_assign(batch.samples[i], static_cast<std::uint32_t>(likeliest));
    }
}

void RoundWatch::digest(const std::vector<SampleIndex>& picks, StopFacts& facts) const {
    facts.mean_scores.clear();
    facts.overlaps.clear();
    for (const auto& score : needs_.scores) digest_scores(score, picks, facts);
    if (needs_.classes) digest_classes(facts);
}

void RoundWatch::digest_scores(const std::string& score,
                               const std::vector<SampleIndex>& picks,
                               StopFacts& facts) const {
    const auto expected = std::exchange(facts.next[score], {});
    const BitMask chosen = BitMask::of(picks);
    if (!picks.empty() && !expected.empty())
        facts.overlaps[score] = overlap(chosen, BitMask::of(expected));
    const Column column = column_of(scores_, score);
    if (column.empty()) return;
    facts.mean_scores[score] = mean_of(column);
    facts.next[score] = best_without(column, chosen, picks.size());
}

void RoundWatch::digest_classes(StopFacts& facts) const {
    std::vector<std::uint32_t> predicted;
    for (const auto& [sample, likeliest] : predicted_) predicted.push_back(likeliest);
    const bool is_whole = predicted.size() == facts.stop_set.size();
    const bool can_compare =
        is_whole && facts.classes == classes_ && facts.predicted.size() == predicted.size();
    if (can_compare)
        facts.kappas.push_back(cohens_kappa(facts.predicted, predicted));
    else
        facts.kappas.clear();
    facts.predicted = is_whole ? std::move(predicted) : std::vector<std::uint32_t>{};
    facts.classes = classes_;
}

double cohens_kappa(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
    std::map<std::uint32_t, std::pair<double, double>> counts;
    double agreed = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        agreed += a[i] == b[i] ? 1 : 0;
        ++counts[a[i]].first;
        ++counts[b[i]].second;
    }
    const auto size = static_cast<double>(a.size());
    double expected = 0;
    for (const auto& [name, count] : counts) expected += count.first * count.second / (size * size);
    if (expected >= 1) return 1;
    return (agreed / size - expected) / (1 - expected);
}

}  // namespace trommel
