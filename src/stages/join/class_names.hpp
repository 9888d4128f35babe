#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trommel::stages {

/// The distinct labels, sorted: as numbers if all are, else by their bytes.
std::vector<std::string> class_names(const std::vector<std::string>& labels);

/// Each label's place among `classes`, which holds them all.
std::vector<std::uint32_t> class_indices(const std::vector<std::string>& labels,
                                         const std::vector<std::string>& classes);

}  // namespace trommel::stages
