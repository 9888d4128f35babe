#pragma once

#include "trommel/dataset/predictions.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trommel::dataset {

/// Reads committees, one JSON object a line: `{"file_name": "a.jpg", "probabilities": [[0.1, 0.9],
/// [0.3, 0.7]]}`, a row a member. The first record says how many members and classes there are.
std::unique_ptr<CommitteeReader> open_committees(LineReader lines, const ReadOptions& options);

/// Whether the first record of a text of classification predictions is of a committee: its
/// `probabilities` are lists.
bool is_of_committees(std::string_view text);

}  // namespace trommel::dataset
