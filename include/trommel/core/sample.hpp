#pragma once

#include <cstdint>

namespace trommel {

/// A sample's place in its dataset's order, which is its bit in every tag of the dataset.
///
/// Users name samples by file name only; an index is how a program holds on to one in four bytes.
using SampleIndex = std::uint32_t;

}  // namespace trommel
