#pragma once

#include "trommel/store/store_error.hpp"

namespace trommel::store {

/// Unavailable until some space is freed: the disk, or the bound on the file's size, is full.
class StoreFullError : public StoreError {
public:
    explicit StoreFullError(const std::string& message)
        : StoreError(Reason::unavailable, message) {}
};

}  // namespace trommel::store
