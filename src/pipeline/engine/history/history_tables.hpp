#pragma once

#include "trommel/core/durable_file.hpp"
#include "trommel/pipeline/engine/history/history.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace trommel {

/// `metrics.csv` and `picks.csv`: a history as tables. They follow from the files of the rounds,
/// so a resumed run writes them anew; while rounds come in, each only adds its own lines.
class HistoryTables {
public:
    explicit HistoryTables(std::filesystem::path folder);

    /// Brings both up to the history, of which nothing may have gone since the last call.
    void update(const History& history);

    /// Writes both whole and synced.
    void finish(const History& history);

private:
    /// Whether the header has all columns that the new measurements need.
    bool knows_columns(const History& history) const;
    void write(const History& history,
               void (*replace)(const std::filesystem::path&, std::string_view));

    std::filesystem::path folder_;
    std::optional<GrowingFile> metrics_;
    std::optional<GrowingFile> picks_;
    std::map<std::string, std::string> columns_;
    std::size_t measured_ = 0;  ///< measurements that are written
    std::size_t chosen_ = 0;    ///< rounds whose picks are written
};

}  // namespace trommel
