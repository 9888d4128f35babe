#include "store/job_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace trommel::store {

namespace {

/// A line each.
std::string to_lines(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, "\n"));
}

std::vector<std::string> of_lines(std::string_view lines) {
    std::vector<std::string> texts;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        texts.emplace_back(line);
    }
    return texts;
}

}  // namespace

std::tuple<std::optional<std::string>> cells_of(const std::string& text) {
    if (text.empty()) return {std::nullopt};
    return {text};
}

std::tuple<std::optional<std::string>> cells_of(
    const std::optional<selection::StopReason>& stop_reason) {
    if (!stop_reason) return {std::nullopt};
    return {selection::to_string(*stop_reason)};
}

std::tuple<std::string, std::string, std::string, std::string> cells_of(
    const selection::StrategyChoice& strategy) {
    return {strategy.name,
            selection::to_text(strategy.settings),
            to_lines(selection::to_texts(strategy.goals)),
            to_lines(selection::to_texts(strategy.thresholds))};
}

void RowReader::read(std::optional<selection::StopReason>& stop_reason) {
    const auto name = next<std::optional<std::string>>();
    if (!name) return;
    stop_reason = selection::parse_stop_reason(*name);
    if (!stop_reason)
        database_.fail_damaged(fmt::format("'{}' is not the end of a selection", *name));
}

void RowReader::read(JobState& state) {
    const auto name = next<std::string>();
    const auto known = parse_job_state(name);
    if (!known) database_.fail_damaged(fmt::format("'{}' is not a state of a job", name));
    state = *known;
}

/// A strategy of a newer trommel is not a damage: the job that asks for it fails by name.
void RowReader::read(selection::StrategyChoice& strategy) {
    strategy.name = next<std::string>();
    try {
        strategy.settings = selection::parse_settings(next<std::string>());
        strategy.goals = selection::parse_goals_of_job(of_lines(next<std::string>()));
        strategy.thresholds = selection::parse_thresholds(of_lines(next<std::string>()));
    } catch (const DataError& error) {
        database_.fail_damaged(error.what());
    }
}

}  // namespace trommel::store
