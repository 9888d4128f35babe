// What a full disk is called.
#pragma once

#include "trommel/core/error.hpp"

namespace trommel {

/// The disk, or what the user may have of it, is full. Nothing of the step was written.
class NoSpaceError : public Error {
    using Error::Error;
};

/// Whether this errno means that.
bool is_no_space(int error);

}  // namespace trommel
