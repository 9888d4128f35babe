#pragma once

#include "trommel/pipeline/definition/policies.hpp"
#include "trommel/pipeline/definition/reader/section.hpp"
#include "trommel/pipeline/stage/stage_type.hpp"
#include "trommel/runtime/limiter.hpp"

#include <map>
#include <string>

namespace trommel {

/// Replaces in `policies` those whose keys appear in `section`, a stage or `defaults`. `limits` are
/// the limits that there are.
void read_policies(Section& section,
                   const OptionReader& reader,
                   const std::map<std::string, Limit>& limits,
                   Policies& policies);
OptionInfo policies_info();

/// Why the policy `key` has no effect on the stage; empty if it means something.
std::string no_use(const StageType& type, const std::any& options, std::string_view key);

/// Takes from `policies` what came from `defaults` and has no effect on the stage, and says where a
/// key of the stage itself does.
void fit_policies(const Section& section,
                  const StageType& type,
                  const std::any& options,
                  Diagnostics& diagnostics,
                  Policies& policies);

}  // namespace trommel
