// One function a top-level key of a pipeline file, each in the file of that key.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

// Of each key: what may appear under it, and how it is read. `reader.scope` says what references
// mean.

/// `scope` knows the secrets' values, for `token`.
PlatformSpec read_platform(const Node& node, const OptionReader& reader);
OptionInfo platform_info();
DatasetSpec read_dataset(const Node& node, const OptionReader& reader);
OptionInfo dataset_info();
std::vector<StateSpec> read_state(const Node& node, const OptionReader& reader);
OptionInfo state_info();
std::map<std::string, Limit> read_limits(const Node& node, const OptionReader& reader);
OptionInfo limits_info();
RoundsSpec read_rounds(const Node& node, const OptionReader& reader);
OptionInfo rounds_info();
std::vector<ScheduleSpec> read_schedule(const Node& node, const OptionReader& reader);
OptionInfo schedule_info();
Secrets read_secrets(const Node& node, const OptionReader& reader);
OptionInfo secrets_info();
/// `scope` knows the secrets' values, for `env`.
std::vector<HookSpec> read_hooks(const Node& node, const OptionReader& reader);
OptionInfo hooks_info();
CostSpec read_cost(const Node& node, const OptionReader& reader);
OptionInfo cost_info();

/// `{tag: NAME}`, `{names: FILE}` or `{random: …}`.
const MapType<std::optional<SampleSource>>& source_type();

/// Checks the names of stages that cost, and that there is what costs are given for.
void check_costs(const Pipeline& pipeline, Diagnostics& diagnostics);

/// Says where the document refers to secrets but in what may hold them.
void check_secret_references(const Node& document,
                             const Registry& registry,
                             Diagnostics& diagnostics);

/// Warns of what is allowed and seldom wise.
void advise(const Pipeline& pipeline, Diagnostics& diagnostics);

/// Checks the names and types in every `until` and `when`.
void check_expressions(const Pipeline& pipeline, Diagnostics& diagnostics);

/// Checks the names and types in what a test expects. Beside those of `until` there are
/// `attempts.<stage>`, and `quarantined.<stage>` or `skipped.<stage>` by the stage's `on_error`.
void check_expectations(const TestSpec& test, const Pipeline& pipeline, Diagnostics& diagnostics);

}  // namespace trommel
