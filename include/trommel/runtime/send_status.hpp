#pragma once

namespace trommel {

/// What became of something that was sent.
enum class SendStatus {
    sent,
    closed,  ///< nobody will receive it; the sender stops quietly
};

}  // namespace trommel
