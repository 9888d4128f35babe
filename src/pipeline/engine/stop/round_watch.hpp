// Listens to what the stages of one round send, for the rules of `until` that speak of it.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/stop_facts.hpp"
#include "trommel/pipeline/stage/ports.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace trommel {

/// What the rules of a pipeline need to have watched; the rest costs nothing.
struct WatchNeeds {
    std::set<std::string> scores{};
    bool classes = false;  ///< predicted, on the stop set
};

WatchNeeds watch_needs(const Pipeline& pipeline);

/// What one round showed. Holds on to batches of scores, which are shared, and to the predicted
/// classes of the stop set alone; a batch that comes again, because its stage was tried again,
/// replaces the first.
class RoundWatch {
public:
    RoundWatch(const WatchNeeds& needs, const StopFacts& facts)
        : needs_(needs), stop_set_(BitMask::of(facts.stop_set)) {}

    void sent(const StageSpec& stage, const PayloadPtr& payload);

    /// Works the means, overlaps and agreements into `facts`, of which those of the rounds before
    /// are there; `picks` is what the round chose. O(samples scored), so not for the event loop.
    void digest(const std::vector<SampleIndex>& picks, StopFacts& facts) const;

    /// What label stages were asked for, and what they sent: for which samples, of which classes,
    /// and which classes there are.
    const BitMask& asked() const { return asked_; }
    const BitMask& labeled() const { return labeled_; }
    const std::map<std::string, BitMask>& answered() const { return answered_; }  ///< by stage
    const std::set<std::string>& classes_seen() const { return classes_seen_; }
    const std::set<std::string>& classes_known() const { return classes_known_; }

private:
    void note_labels(const std::string& stage, const LabelBatch& batch);
    void note_classes(const ClassificationBatch& batch);
    void digest_scores(const std::string& score,
                       const std::vector<SampleIndex>& picks,
                       StopFacts& facts) const;
    void digest_classes(StopFacts& facts) const;

    WatchNeeds needs_;
    BitMask stop_set_;
    std::vector<std::shared_ptr<const ScoreBatch>> scores_;
    std::map<SampleIndex, std::uint32_t> predicted_;
    std::size_t classes_ = 0;
    BitMask asked_;
    BitMask labeled_;
    std::map<std::string, BitMask> answered_;
    std::set<std::string> classes_seen_;
    std::set<std::string> classes_known_;
};

/// Cohen's kappa between two assignments of classes to the same items: (a - e) / (1 - e), a the
/// share they agree on, e the share that chance would bring; 1 where both know one class only.
/// Cohen, "A Coefficient of Agreement for Nominal Scales", 1960.
double cohens_kappa(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b);

}  // namespace trommel
