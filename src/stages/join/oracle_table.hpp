#pragma once

#include "trommel/dataset/labels.hpp"
#include "trommel/pipeline/stage/file_cache.hpp"
#include "trommel/pipeline/stage/ports.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trommel::stages {

/// A table of labels, joined by file name to the samples of a dataset. Four bytes a sample.
class OracleTable {
public:
    /// Throws DataError, with file and line, on a label for a sample that the dataset does not
    /// have.
    OracleTable(std::filesystem::path file, dataset::LabelTable table, const TagSet& of);

    /// The labels of `samples`, which are of the same dataset. Throws DataError with the count and
    /// the first names of samples that have none.
    LabelBatch labels_of(const BitMask& samples, const TagSetPtr& of) const;

private:
    std::filesystem::path file_;
    std::vector<std::string> class_names_;
    std::vector<std::uint32_t> classes_;  ///< by sample index
};

/// Reads and joins the table, unless `files` has it from before; blocks.
std::shared_ptr<const OracleTable> read_oracle(const std::shared_ptr<FileCache>& files,
                                               const std::filesystem::path& file,
                                               const TagSetPtr& of);

}  // namespace trommel::stages
