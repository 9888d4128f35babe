#include "trommel/learning/comparison.hpp"

namespace trommel::learning {
namespace {

constexpr double level = 0.05;

/// The areas of two ways over the seeds that both have, a pair for each.
struct PairedAreas {
    std::vector<double> a{};
    std::vector<double> b{};
};

PairedAreas paired_areas(const CurvesBySeed& a, const CurvesBySeed& b, LabelRange range) {
    PairedAreas pairs;
    for (const auto& [seed, curve] : a)
        if (const auto other = b.find(seed); other != b.end()) {
            pairs.a.push_back(area(curve, range));
            pairs.b.push_back(area(other->second, range));
        }
    return pairs;
}

std::optional<Contrast> contrast_alone(const CurvesBySeed& way,
                                       const CurvesBySeed& baseline,
                                       LabelRange range) {
    const auto pairs = paired_areas(way, baseline, range);
    if (pairs.a.empty()) return std::nullopt;
    const auto differences = paired_differences(pairs.a, pairs.b);
    Contrast result;
    result.gain = summarize(differences);
    result.record = count_wins(differences);
    result.t_p = paired_t_test(differences);
    result.wilcoxon_p = wilcoxon_signed_rank(differences);
    return result;
}

using Contrasts = std::vector<std::optional<Contrast>>;

/// Fills in a p-value's corrected one, over all contrasts.
void correct(Contrasts& all,
             std::optional<double> Contrast::*p,
             std::optional<double> Contrast::*corrected) {
    std::vector<std::optional<double>> p_values;
    for (const auto& one : all) p_values.push_back(one ? (*one).*p : std::nullopt);
    const auto results = holm(p_values);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i]) (*all[i]).*corrected = results[i];
}

Verdict verdict_of(const Contrast& contrast) {
    if (!contrast.t_p_holm) return Verdict::untested;
    if (*contrast.t_p_holm >= level) return Verdict::no_evidence;
    return contrast.gain.mean > 0 ? Verdict::gain : Verdict::loss;
}

}  // namespace

std::vector<std::optional<Contrast>> contrast(std::span<const CurvesBySeed> ways,
                                              std::span<const std::optional<std::size_t>> baselines,
                                              LabelRange range) {
    Contrasts all(ways.size());
    for (std::size_t i = 0; i < ways.size(); ++i) {
        if (!baselines[i]) continue;
        all[i] = contrast_alone(ways[i], ways[*baselines[i]], range);
        if (all[i]) all[i]->baseline = *baselines[i];
    }
    correct(all, &Contrast::t_p, &Contrast::t_p_holm);
    correct(all, &Contrast::wilcoxon_p, &Contrast::wilcoxon_p_holm);
    for (auto& one : all)
        if (one) one->verdict = verdict_of(*one);
    return all;
}

}  // namespace trommel::learning
