// Any text is a schema of predictions without a category twice, or a DataError.
#include "text.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/prediction_task.hpp"

#include <set>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto task =
            trommel::dataset::parse_schema(trommel::test::text_of(data, size), "schema.json");
        const std::set<std::int64_t> ids(task.categories.begin(), task.categories.end());
        trommel::test::require(ids.size() == task.names.size());
    } catch (const trommel::DataError&) {
        return 0;
    }
    return 0;
}
