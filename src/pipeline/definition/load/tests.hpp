#pragma once

#include "pipeline/definition/load/params.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"

#include <vector>

namespace trommel {

/// Reads the map `tests`, each case by itself.
std::vector<TestSpec> read_tests(const Node& node,
                                 const ParamSpecs& params,
                                 const OptionReader& reader);
OptionInfo tests_info();

/// Checks a case against the pipeline that it is of, read with the params of the case: that its
/// faults can strike, and the names and types in what it expects.
void check_test(const TestSpec& test, const Pipeline& pipeline, Diagnostics& diagnostics);

}  // namespace trommel
