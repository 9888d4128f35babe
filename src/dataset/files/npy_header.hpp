#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace trommel::dataset {

/// What appears before the numbers of a .npy file.
struct NpyHeader {
    std::size_t bytes = 0;  ///< of the header: where the numbers begin
    std::string descr{};    ///< numpy's code of the numbers: `<f4`
    bool fortran_order = false;
    std::vector<std::size_t> shape{};
};

/// Parses the header at the front of `file`. Throws DataError, a sentence without a place, where it
/// is none.
NpyHeader parse_npy_header(std::span<const std::byte> file);

}  // namespace trommel::dataset
