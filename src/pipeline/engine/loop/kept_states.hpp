// KeptStates: states that outlive runs, `state: {labeled: {tag: seed}}`.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/platform/platform.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace trommel {

/// The platform keeps such a state as tags `seed 1`, `seed 2`, …, of which the last one counts;
/// those before it stay, so that one can see what grew when. Everything outlives this.
class KeptStates {
public:
    KeptStates(const Pipeline& pipeline, Platform& platform)
        : pipeline_(pipeline), platform_(platform) {}

    /// Reads what earlier runs have left.
    asio::awaitable<void> find(DatasetId dataset);

    /// The samples of each state that an earlier run has kept.
    std::map<std::string, BitMask> masks() const;

    /// Keeps the states as they are now; does nothing for one that has not changed. Throws
    /// DataError if another run has kept samples meanwhile that a state lacks.
    asio::awaitable<void> keep(const std::map<std::string, Tag>& states);

private:
    struct Kept {
        std::uint64_t number = 0;  ///< of its last tag; 0: there is none yet
        BitMask mask{};
    };

    asio::awaitable<void> keep_one(std::string name, Tag state);
    asio::awaitable<void> take_up_others(std::string name);

    const Pipeline& pipeline_;
    Platform& platform_;
    DatasetId dataset_{};
    std::map<std::string, Kept> kept_;  ///< by the name of their tags
};

}  // namespace trommel
