#include "trommel/dataset/files/text_chunks.hpp"

#include "trommel/core/error.hpp"
#include "trommel/dataset/files/input_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace trommel::dataset {

TextChunks::TextChunks(const std::filesystem::path& path, std::size_t bytes)
    : in_(open_input(path)), name_(path.string()), bytes_(bytes) {}

std::optional<TextChunk> TextChunks::next() {
    TextChunk chunk{.text = std::exchange(rest_, {}), .first_line = line_};
    auto end = std::string::npos;
    while (end == std::string::npos) {
        const std::size_t had = chunk.text.size();
        if (had > LineReader::longest_line)
            throw DataError(fmt::format(
                "{}:{}: the line is longer than 64 MiB; is this a text file?", name_, line_));
        chunk.text.resize(had + bytes_);
        errno = 0;
        in_->read(chunk.text.data() + had, static_cast<std::streamsize>(bytes_));
        if (in_->bad())
            throw DataError(fmt::format(
                "{}: cannot be read: {}", name_, std::generic_category().message(errno)));
        const auto got = static_cast<std::size_t>(in_->gcount());
        chunk.text.resize(had + got);
        if (got == 0) break;
        end = std::string_view(chunk.text).substr(had).rfind('\n');
        if (end != std::string::npos) end += had;
    }
    if (chunk.text.empty()) return std::nullopt;
    if (end != std::string::npos) {
        rest_ = chunk.text.substr(end + 1);
        chunk.text.resize(end + 1);
    }
    line_ += static_cast<std::size_t>(std::ranges::count(chunk.text, '\n'));
    return chunk;
}

}  // namespace trommel::dataset
