// What a round's selections came to, as JSON of manifests and events.
#pragma once

#include "trommel/pipeline/engine/history/history.hpp"

#include <boost/json/object.hpp>

namespace trommel {

/// `endings`, and each field of the outcome that is known.
boost::json::object outcome_json(const RoundPicks& picks);

/// An ending of a newer trommel is left out.
void read_outcome(const boost::json::object& json, RoundPicks& picks);

}  // namespace trommel
