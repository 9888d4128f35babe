// Mapped files that another program cuts off: the kernel sends SIGBUS to who reads behind the new
// end. Here such a read gives zeros, and the mapping remembers it.
#pragma once

#include <cstddef>
#include <span>

namespace trommel::dataset {

/// Watches one mapping as long as it lives. At most 256 are watched at a time; of more than those
/// the signal goes its usual way.
class CutWatch {
public:
    explicit CutWatch(std::span<const std::byte> mapping);
    CutWatch(const CutWatch&) = delete;
    CutWatch& operator=(const CutWatch&) = delete;
    ~CutWatch();

    /// Whether somebody read behind the end that the file has now.
    bool was_cut() const;

private:
    std::size_t slot_;
};

}  // namespace trommel::dataset
