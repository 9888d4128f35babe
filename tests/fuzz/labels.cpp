// Any text gives labels of known classes, or a DataError.
#include "trommel/dataset/labels.hpp"

#include "text.hpp"
#include "trommel/core/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto table =
            trommel::dataset::parse_labels(trommel::test::text_of(data, size), "fuzz.csv");
        for (const auto& [name, label] : table.labels) {
            trommel::test::require(label.class_index < table.class_names.size());
            trommel::test::require(table.find(name) == &label);
        }
    } catch (const trommel::DataError&) {
        return 0;
    }
    return 0;
}
