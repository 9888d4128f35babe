#pragma once

#include "trommel/core/error.hpp"

#include <string>

namespace trommel::store {

/// What a store refused or could not do. Nothing of the refused call has been written.
class StoreError : public Error {
public:
    /// As PlatformError::Reason, which it becomes one floor up.
    enum class Reason {
        not_found,    ///< what the call names is not there
        exists,       ///< the name is taken
        invalid,      ///< the call breaks a rule of the store
        unavailable,  ///< locked, full, read-only or out of reach; may work later
        unusable,     ///< damaged, of another program or of a newer version
    };

    StoreError(Reason reason, const std::string& message) : Error(message), reason_(reason) {}
    Reason reason() const { return reason_; }

private:
    Reason reason_;
};

}  // namespace trommel::store
