// Any text gives whole images, each once, or a DataError.
#include "memory_file.hpp"
#include "text.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/coco_results.hpp"

#include <set>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const trommel::test::MemoryFile file(data, size);
    try {
        const auto reader = trommel::dataset::open_coco_results(file.path(), {.batch_size = 2});
        std::set<std::string> seen;
        while (const auto batch = reader->next()) {
            trommel::test::require(!batch->names.empty());
            trommel::test::require(batch->outputs.size() == batch->names.size());
            trommel::test::require(batch->lines.size() == batch->names.size());
            for (std::size_t i = 0; i < batch->names.size(); ++i) {
                trommel::test::require(seen.insert(batch->names[i]).second);
                trommel::test::require(!batch->outputs[i].boxes().empty());
            }
        }
    } catch (const trommel::DataError&) {
        return 0;
    }
    return 0;
}
