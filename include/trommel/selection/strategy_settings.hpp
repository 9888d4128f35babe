// What strategies can be told, by name, for pipelines, command lines, wires and stores. Each row of
// the table of strategies says which of it.
#pragma once

#include "trommel/selection/strategy.hpp"
#include "trommel/selection/strategy_choice.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trommel::selection {

/// One option that strategies use.
struct StrategySetting {
    std::string_view name{};
    std::variant<double StrategyOptions::*,
                 std::size_t StrategyOptions::*,
                 double Objective::*,
                 FirstPick Objective::*,
                 Combination Objective::*,
                 Metric StrategyOptions::*,
                 Search StrategyOptions::*>
        field{};
    std::optional<double> min{};  ///< of a number
    std::string_view help{};
    std::string_view of{};  ///< those that use it, where they are too many to name
};

/// All of them, each once.
std::span<const StrategySetting> strategy_settings();

/// None if there is no such setting.
const StrategySetting* find_strategy_setting(std::string_view name);

bool accepts(std::string_view strategy, const StrategySetting& setting);

/// Those that use it, as help names them: `dmbal, auto`.
std::string strategies_of(const StrategySetting& setting);

/// Whether one of them has no default for it.
bool is_needed(const StrategySetting& setting);

/// The names of the settings that the strategy uses.
std::vector<std::string> settings_for(std::string_view strategy);

/// What may be written; empty for numbers.
std::vector<std::string> words_of(const StrategySetting& setting);
bool is_whole(const StrategySetting& setting);

/// What it is in `options`, as it is written.
std::string value_of(const StrategyOptions& options, const StrategySetting& setting);

/// Throws DataError when `text` is none of its words or no number that it can be.
void set(StrategyOptions& options, const StrategySetting& setting, std::string_view text);

/// The options with all settings in them; as `checked` throws.
StrategyOptions options_of(const StrategyChoice& choice);

/// The choice with each setting written in its one way and none that is as by default. Throws
/// DataError when there is no such strategy or setting, one that the strategy does not use, or
/// one that it needs is not there.
StrategyChoice checked(const StrategyChoice& choice);

/// The same for a job, which has no probabilities; goals too.
StrategyChoice checked_for_job(const StrategyChoice& choice);

/// The scores that goals and thresholds of a checked choice use, each once.
std::vector<std::string> named_scores(const StrategyChoice& choice);

/// Whether a checked choice uses embeddings, and at samples to be near to.
bool needs_embeddings(const StrategyChoice& choice);
bool needs_query(const StrategyChoice& choice);

}  // namespace trommel::selection
