// Looks for classes that a run may never find.
#pragma once

#include "pipeline/engine/stop/round_watch.hpp"
#include "trommel/pipeline/engine/history/history.hpp"

#include <string>
#include <vector>

namespace trommel {

/// Classes of the schema that none of the round's labels is of, and entropy over too many classes.
/// The schema is `dataset.classes`, else what the label stages say that they may answer; without
/// either nothing can be missing.
///
/// A class without a label is one that no model proposes, so margin and entropy may never ask about
/// it: with two of the three classes of Fisher's irises in the initial set, neither finds the third
/// in 50 labels, while CORESET does at once.
std::vector<Warning> class_warnings(const Pipeline& pipeline, const RoundWatch& watch);

}  // namespace trommel
