#pragma once

#include "trommel/core/error.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace trommel::dataset {

/// One record of a file cannot be used; those after it may well be good.
class RecordError : public DataError {
public:
    /// `sample` is its file name, if the record says so.
    explicit RecordError(const std::string& message, std::string sample = {})
        : DataError(message), sample_(std::move(sample)) {}

    const std::string& sample() const { return sample_; }

private:
    std::string sample_;
};

/// A record that a reader has passed over.
struct RecordFault {
    std::size_t line = 0;
    std::string sample{};  ///< its file name; empty: the record does not say
    std::string what{};    ///< the error that it would have been
    std::string text{};    ///< the record, or of a long CSV record the last line
};

/// What a reader does at a record that it cannot use.
enum class OnFault { stop, go_on };

}  // namespace trommel::dataset
