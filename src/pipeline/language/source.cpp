#include "trommel/pipeline/language/source.hpp"

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace trommel {
namespace {

[[noreturn]] void fail_too_long(const std::string& name) {
    throw ConfigError(fmt::format(
        "{}: the file is longer than {} MiB; is it a pipeline? data belong in files that it names",
        name,
        max_source_bytes >> 20));
}

[[noreturn]] void fail_unreadable(const std::string& name, const char* reason) {
    throw ConfigError(fmt::format("{}: cannot read the file: {}", name, reason));
}

bool is_known_too_long(const std::filesystem::path& path) {
    std::error_code unknown;
    const auto bytes = std::filesystem::file_size(path, unknown);
    return !unknown && bytes > max_source_bytes;
}

}  // namespace

SourceText load_source(const std::filesystem::path& path) {
    SourceText source{.name = path.string(), .text = {}};
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown))
        fail_unreadable(source.name, "it is a directory");
    if (is_known_too_long(path)) fail_too_long(source.name);

    std::ifstream file(path, std::ios::binary);
    if (!file) fail_unreadable(source.name, std::strerror(errno));
    // Pipes do not know their size: read until the limit is passed.
    std::array<char, 1 << 16> block;
    while (file.read(block.data(), block.size()), file.gcount() > 0) {
        source.text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        if (source.text.size() > max_source_bytes) fail_too_long(source.name);
    }
    if (file.bad()) fail_unreadable(source.name, "reading stopped half-way");
    return source;
}

}  // namespace trommel
