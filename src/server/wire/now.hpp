// The time as it is in records and on the wire.
#pragma once

#include "trommel/dataset/records.hpp"

#include <chrono>

namespace trommel::server {

inline Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
}

}  // namespace trommel::server
