#pragma once

#include <span>
#include <string_view>

namespace trommel::cli {

/// A file of pipelines/ as it was when this program was built.
struct ExampleFile {
    std::string_view name;  ///< `digits.yaml`, `data/digits.csv`
    std::string_view content;
};

std::span<const ExampleFile> example_files();

}  // namespace trommel::cli
