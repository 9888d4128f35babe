// Any bytes unpack to their end, as gzip, zstd, tar and one within the other, or are a DataError.
#include "memory_file.hpp"
#include "text.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/files/input_stream.hpp"
#include "trommel/dataset/files/tar.hpp"

#include <string>

namespace {

/// A few bytes may unpack to many.
constexpr std::size_t most = std::size_t{1} << 22;

template <typename Read>
void try_to(Read read) {
    try {
        read();
    } catch (const trommel::DataError&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const trommel::test::MemoryFile file(data, size);
    try_to([&] {
        const auto in = trommel::dataset::open_input(file.path());
        std::string buffer(4096, '\0');
        for (std::size_t count = 0; *in && count < most; count += buffer.size())
            in->read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    });
    try_to([&] {
        trommel::dataset::TarReader tar(file.path());
        for (int i = 0; i < 100; ++i)
            if (!tar.next()) break;
    });
    return 0;
}
