#pragma once

#include "trommel/pipeline/stage/stage.hpp"

#include <asio/awaitable.hpp>

#include <string>

namespace trommel::stages {

/// What a tag is called that the stage makes in this round. After accepted changes it is another
/// name.
std::string round_tag_name(const StageContext& context);

/// A tag of the stage's own in this round, with these samples, below the query tag of `of`.
asio::awaitable<Tag> make_round_tag(StageContext& context, TagSetPtr of, BitMask mask);

}  // namespace trommel::stages
