#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace trommel::dataset {

/// A file as bytes in memory, which the kernel reads when they are looked at and may forget again.
///
/// Copies share it, and it may be read by several threads at once. A file that another program cuts
/// off meanwhile reads as zeros from there on, where the kernel would end the program (SIGBUS);
/// check() then throws.
class MappedFile {
public:
    /// Throws DataError if the file cannot be opened, or is not a file with a size (a pipe, a
    /// folder).
    static MappedFile open(const std::filesystem::path& path);

    /// What is left in an open file without a name, which errors call `name`. Takes the descriptor.
    static MappedFile of_descriptor(int descriptor, std::string name);

    std::span<const std::byte> bytes() const;

    /// The file, as errors name it.
    const std::string& name() const { return name_; }

    /// Throws DataError if the file has become shorter. What was read before a check that passes is
    /// what the file held.
    void check() const;

    /// `part` of bytes() will be read next: begins to read it from the disk.
    void will_need(std::span<const std::byte> part) const;

    /// `part` of bytes() will not be read again soon: takes its whole pages out of this program's
    /// resident set.
    void done_with(std::span<const std::byte> part) const;

private:
    struct Mapping;

    MappedFile(std::shared_ptr<const Mapping> mapping, std::string name);

    std::shared_ptr<const Mapping> mapping_;
    std::string name_;
};

}  // namespace trommel::dataset
