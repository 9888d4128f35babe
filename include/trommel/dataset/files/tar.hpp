#pragma once

#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <string>

namespace trommel::dataset {

/// A plain file of a tar archive.
struct TarMember {
    std::string name{};
    std::string content{};
};

/// The plain files of a tar archive (POSIX.1-2001 ustar and pax, and GNU's), one after another;
/// folders, links and extended headers are passed over. May be compressed, see open_input. Throws
/// DataError, with the file, where it is not a tar, damaged or cut off, or a member is larger than
/// 64 MiB.
class TarReader {
public:
    explicit TarReader(const std::filesystem::path& path);

    std::optional<TarMember> next();

private:
    struct Entry;

    [[noreturn]] void fail(const std::string& what) const;
    std::optional<Entry> next_entry();
    std::string read(std::size_t bytes);

    std::unique_ptr<std::istream> in_;
    std::string name_;
};

}  // namespace trommel::dataset
