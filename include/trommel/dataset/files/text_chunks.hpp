#pragma once

#include "trommel/dataset/files/line_reader.hpp"

#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <string>

namespace trommel::dataset {

/// Some whole lines of a text.
struct TextChunk {
    std::string text{};
    std::size_t first_line = 1;
};

/// A text in chunks of whole lines, so that several threads may read them: LineReader::of_chunk.
class TextChunks {
public:
    /// Chunks of about `bytes`, or one line where that is longer. Throws DataError if the file
    /// cannot be opened.
    explicit TextChunks(const std::filesystem::path& path,
                        std::size_t bytes = std::size_t{1} << 20);

    /// The next chunk; nothing after the last. Throws DataError where reading fails or a line is
    /// longer than LineReader::longest_line.
    std::optional<TextChunk> next();

private:
    std::unique_ptr<std::istream> in_;
    std::string name_;
    std::size_t bytes_;
    std::string rest_;  ///< of the last block: the beginning of a line
    std::size_t line_ = 1;
};

}  // namespace trommel::dataset
