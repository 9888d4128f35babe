#include "pipeline/engine/history/history_tables.hpp"

#include <algorithm>
#include <utility>

namespace trommel {

HistoryTables::HistoryTables(std::filesystem::path folder) : folder_(std::move(folder)) {
    make_folder(folder_);
}

void HistoryTables::update(const History& history) {
    if (!metrics_ || !knows_columns(history)) {
        write(history, replace_derived_file);
        return;
    }
    std::string rows;
    for (; measured_ < history.measurements.size(); ++measured_)
        rows += metrics_row(history.measurements[measured_], columns_);
    metrics_->append(rows);
    rows.clear();
    for (; chosen_ < history.picks.size(); ++chosen_) rows += picks_rows(history.picks[chosen_]);
    picks_->append(rows);
}

void HistoryTables::finish(const History& history) { write(history, replace_file); }

bool HistoryTables::knows_columns(const History& history) const {
    const auto known = [this](const auto& value) { return columns_.contains(value.first); };
    return std::all_of(history.measurements.begin() + static_cast<std::ptrdiff_t>(measured_),
                       history.measurements.end(),
                       [&](const Measurement& measurement) {
                           return std::ranges::all_of(measurement.values, known);
                       });
}

void HistoryTables::write(const History& history,
                          void (*replace)(const std::filesystem::path&, std::string_view)) {
    metrics_.reset();
    picks_.reset();
    replace(folder_ / "metrics.csv", metrics_csv(history));
    replace(folder_ / "picks.csv", picks_csv(history));
    metrics_.emplace(folder_ / "metrics.csv");
    picks_.emplace(folder_ / "picks.csv");
    columns_ = history.columns();
    measured_ = history.measurements.size();
    chosen_ = history.picks.size();
}

}  // namespace trommel
