// Any bytes are an array that can be read to its last row, or a DataError; alone and as a zip's
// member.
#include "trommel/dataset/files/npy.hpp"

#include "memory_file.hpp"
#include "text.hpp"
#include "trommel/core/error.hpp"

#include <vector>

namespace {

using trommel::dataset::NpyArray;

/// Rows without columns take no bytes and may be many.
constexpr std::size_t most_rows = 100'000;

template <typename Open>
void read_all(Open open) {
    try {
        const NpyArray array = open();
        if (array.rows() > most_rows) return;
        std::vector<float> narrow(array.rows() * array.cols());
        std::vector<double> wide(narrow.size());
        array.read<float>(0, array.rows(), narrow);
        array.read<double>(0, array.rows(), wide);
        if (const auto view = array.view<double>())
            trommel::test::require(view->all().size() == wide.size());
        array.done_with(0, array.rows());
    } catch (const trommel::DataError&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const trommel::test::MemoryFile file(data, size);
    read_all([&] { return NpyArray::open(file.path(), trommel::dataset::Uint16::is_bfloat16); });
    read_all([&] { return NpyArray::open_member(file.path()); });
    return 0;
}
