// The strategies' functions, one file each; strategies.cpp lists them.
#pragma once

#include "trommel/selection/strategy.hpp"

namespace trommel::selection {

std::vector<Pick> select_by_method(SamplingMethod method, const Task& task);

}  // namespace trommel::selection
