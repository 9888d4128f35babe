#pragma once

#include "trommel/dataset/labels.hpp"
#include "trommel/pipeline/ports.hpp"

#include <filesystem>

namespace trommel::stages {

/// A table of labels, joined by file name to the samples of a dataset.
class OracleTable {
public:
    /// Throws DataError, with file and line, on a label for a sample that the dataset does not
    /// have.
    OracleTable(std::filesystem::path file, dataset::LabelTable table, TagSetPtr of);

    /// The labels of `samples`. Throws DataError with the count and the first names of samples that
    /// have none.
    LabelBatch labels_of(const BitMask& samples) const;

private:
    void refuse_strangers() const;

    std::filesystem::path file_;
    dataset::LabelTable table_;
    TagSetPtr of_;
};

/// Reads and joins the table; blocks.
OracleTable read_oracle(const std::filesystem::path& file, const TagSetPtr& of);

}  // namespace trommel::stages
