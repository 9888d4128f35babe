// LineFile: a file of lines that is put aside when it is large.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace trommel::server {

struct LineFileOptions {
    std::filesystem::path file{};                      ///< empty: standard error
    std::uint64_t max_size = std::uint64_t{64} << 20;  ///< then `file` becomes `file.1`
    unsigned keep = 5;                                 ///< `file.1` to `file.5`
    unsigned mode = 0640;                              ///< of a file that is made
};

/// Not to be used by two threads at once. What fails is an errno; the next line tries again.
class LineFile {
public:
    explicit LineFile(LineFileOptions options);
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;
    ~LineFile();

    /// Adds the line, which ends with a line break, whole or not at all; gives 0 or why not. A
    /// reader of a pipe or terminal is waited for, but not again after it let a line wait for so
    /// long.
    int write(std::string_view line, std::chrono::milliseconds patience) noexcept;

    /// The next line opens the file anew.
    void close() noexcept;

private:
    int open() noexcept;
    int make_room(std::size_t bytes) noexcept;
    void put_aside();
    void forget_part(std::size_t bytes) noexcept;
    std::filesystem::path numbered(unsigned number) const;

    LineFileOptions options_;
    int descriptor_ = -1;
    bool is_regular_ = false;
    std::uint64_t size_ = 0;
    bool is_read_ = true;
    bool is_torn_ = false;  ///< it ends with a part of a line
};

}  // namespace trommel::server
