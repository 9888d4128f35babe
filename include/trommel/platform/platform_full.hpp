#pragma once

#include "trommel/platform/platform.hpp"

#include <string>

namespace trommel {

/// Unavailable until some space is freed: the disk of the platform is full.
class PlatformFullError : public PlatformError {
public:
    explicit PlatformFullError(const std::string& message)
        : PlatformError(Reason::unavailable, message) {}
};

}  // namespace trommel
