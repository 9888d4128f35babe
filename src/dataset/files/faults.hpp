#pragma once

#include "trommel/dataset/files/record_fault.hpp"

#include <string>

namespace trommel::dataset {

/// What `read()` returns; or, where readers are to go on at a record that it cannot use, true, with
/// that record, the last one of `lines`, among the faults of `batch`.
template <typename Lines, typename Batch, typename Read>
bool read_or_note(const Lines& lines, OnFault on_fault, Batch& batch, Read read) {
    try {
        return read();
    } catch (const RecordError& error) {
        if (on_fault == OnFault::stop) throw;
        batch.faults.push_back(
            {lines.line(), error.sample(), error.what(), std::string(lines.text())});
    }
    return true;
}

}  // namespace trommel::dataset
