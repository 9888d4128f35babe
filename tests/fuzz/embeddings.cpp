// Any text gives embeddings that are whole and finite, or a DataError.
#include "trommel/dataset/embeddings.hpp"

#include "text.hpp"
#include "trommel/core/error.hpp"

#include <cmath>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto embeddings =
            trommel::dataset::parse_embeddings(trommel::test::text_of(data, size), "fuzz.csv");
        trommel::test::require(embeddings.rows.rows() == embeddings.names.size());
        for (const float value : embeddings.rows.values())
            trommel::test::require(std::isfinite(value));
    } catch (const trommel::DataError&) {
        return 0;
    }
    return 0;
}
