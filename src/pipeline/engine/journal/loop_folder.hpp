#pragma once

#include "pipeline/engine/history/history_tables.hpp"
#include "pipeline/engine/journal/journal.hpp"
#include "pipeline/engine/journal/round_files.hpp"

#include <filesystem>
#include <string>

namespace trommel {

/// One loop of a run on the disk: the pipeline's own, `main`, or its `baseline`.
struct LoopFolder {
    LoopFolder(std::string part, std::filesystem::path run, std::filesystem::path own)
        : name(std::move(part)),
          folder(std::move(own)),
          rounds(run / "rounds" / name),
          tables(folder) {}

    std::string name;
    /// The run's id, where this loop begins with the same states and keeps none; empty: it does.
    std::string beside{};
    BitMask kept{};  ///< if so: what earlier runs had labelled for the loop beside which it runs
    std::filesystem::path folder;  ///< for its tables and the files of its stages
    RoundFiles rounds;
    HistoryTables tables;
};

}  // namespace trommel
