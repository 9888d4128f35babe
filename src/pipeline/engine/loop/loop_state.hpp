// What the parts of a loop share: recovery, one round, and what counts.
#pragma once

#include "pipeline/engine/loop/kept_states.hpp"
#include "pipeline/engine/loop/loop.hpp"
#include "pipeline/engine/stop/bookkeeping.hpp"
#include "pipeline/engine/stop/run_environment.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace trommel {

struct LoopState {
    LoopState(
        const Pipeline& of, std::string id, LoopServices& with, LoopFolder& into, History& tells)
        : pipeline(of),
          run(std::move(id)),
          services(with),
          part(into),
          history(tells),
          kept(of, with.platform),
          environment(of, tells, states, with.clock, round),
          books(of, tells, with.observer) {}

    const Pipeline& pipeline;
    std::string run;
    LoopServices& services;
    LoopFolder& part;
    History& history;
    OpenDataset dataset{};
    std::map<std::string, Tag> states{};
    std::uint32_t round = 0;       ///< that runs or ran last
    bool grew = false;             ///< a state changed in the last round
    bool closed = false;           ///< the closing pass is done
    std::optional<LoopEnd> end{};  ///< once it is known
    Clock::TimePoint begun{};      ///< when the first process began the part
    KeptStates kept;
    std::map<std::string, BitMask> beginnings{};  ///< of states, as earlier runs have kept them
    RunEnvironment environment;
    Bookkeeping books;
};

}  // namespace trommel
