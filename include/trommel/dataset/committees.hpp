#pragma once

#include "trommel/dataset/predictions.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trommel::dataset {

/// What several models, or one with dropout left on, say about each sample.
struct CommitteeBatch {
    std::vector<std::string> names{};   ///< (samples)
    std::vector<double> probs{};        ///< (samples, members, classes)
    std::size_t members = 0;            ///< of each sample
    std::size_t classes = 0;            ///< of each member
    std::vector<std::size_t> lines{};   ///< (samples), for messages
    std::vector<RecordFault> faults{};  ///< where the reader goes on at them

    std::size_t size() const { return names.size() + faults.size(); }

    /// (members, classes) of sample i.
    std::span<const double> row(std::size_t i) const {
        return std::span(probs).subspan(i * members * classes, members * classes);
    }
};

using CommitteeReader = PredictionReader<CommitteeBatch>;

/// Reads committees, one JSON object a line: `{"file_name": "a.jpg", "probabilities": [[0.1, 0.9],
/// [0.3, 0.7]]}`, a row a member. The first record says how many members and classes there are.
std::unique_ptr<CommitteeReader> open_committees(LineReader lines, const ReadOptions& options);

/// Whether the first record of a text of classification predictions is of a committee: its
/// `probabilities` are lists.
bool is_of_committees(std::string_view text);

}  // namespace trommel::dataset
