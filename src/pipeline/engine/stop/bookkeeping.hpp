// Keeps the books of a run: what each round brought to the facts that the rules use.
#pragma once

#include "pipeline/engine/stop/round_watch.hpp"
#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/pipeline/engine/round/round.hpp"
#include "trommel/pipeline/stage/open_dataset.hpp"

#include <asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace trommel {

/// A round that has ended.
struct FinishedRound {
    std::uint32_t round = 0;  ///< 0 is the closing pass
    const std::vector<const StageSpec*>& stages;
    const RoundWatch& watch;
    const std::map<std::string, Tag>& states;  ///< as it leaves them
};

class Bookkeeping {
public:
    /// All outlive it; `history` already holds what rounds before a stop brought.
    Bookkeeping(const Pipeline& pipeline, History& history, Observer& observer)
        : pipeline_(pipeline),
          history_(history),
          observer_(observer),
          needs_(watch_needs(pipeline)) {}

    /// Before the first round of a run, not when it goes on. `kept` are samples that earlier runs
    /// have labelled.
    void begin(const OpenDataset& dataset,
               const std::map<std::string, Tag>& states,
               BitMask kept,
               Clock::TimePoint now);

    /// The ear of the next round.
    std::shared_ptr<RoundWatch> watch() const {
        return std::make_shared<RoundWatch>(needs_, history_.facts);
    }

    /// The facts with what the round showed. Nothing counts before commit().
    asio::awaitable<StopFacts> digest(CpuPool& cpu,
                                      std::shared_ptr<RoundWatch> watch,
                                      const RoundOutcome& outcome) const;

    /// Enters the round, with what digest() made of it. Tells the observer what there is to warn
    /// of.
    void commit(StopFacts digested, const FinishedRound& finished);

    /// How many labels a model had that learned from the samples `measured`: those alone that label
    /// stages have sent, where the pipeline has any. Before commit().
    std::size_t labels_of(const BitMask& measured, const RoundWatch& watch) const;

private:
    void note_labels(const FinishedRound& finished);
    void note_costs(const FinishedRound& finished, std::size_t new_labels);
    void warn(Warning warning);

    const Pipeline& pipeline_;
    History& history_;
    Observer& observer_;
    WatchNeeds needs_;
};

/// Union of the states that stages write; of all states if none is written.
BitMask labeled_set(const Pipeline& pipeline, const std::map<std::string, Tag>& states);

/// Draws the samples on which models are compared: all of the pool, or 2,000 of them. So many are
/// enough by Bloodgood and Vijay-Shanker, CoNLL 2009, section 3.2.
std::vector<SampleIndex> draw_stop_set(const BitMask& pool, std::uint64_t seed);

}  // namespace trommel
