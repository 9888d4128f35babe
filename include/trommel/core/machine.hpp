// What this machine has.
#pragma once

#include <cstddef>
#include <string>

namespace trommel {

/// Bytes of memory that this process may have: what is built in, or what its control group allows
/// where that is less.
std::size_t machine_memory();

/// `1,024 MiB`, rounded up.
std::string in_mebibytes(std::size_t bytes);

}  // namespace trommel
