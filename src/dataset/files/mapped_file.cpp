#include "trommel/dataset/files/mapped_file.hpp"

#include "cut_files.hpp"
#include "trommel/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace trommel::dataset {
namespace {

[[noreturn]] void fail(const std::string& name, std::string_view what, int error) {
    throw DataError(
        fmt::format("{}: cannot be {}: {}", name, what, std::generic_category().message(error)));
}

/// Closed at the end of its scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    int get() const { return number_; }

    /// Bytes of the file, or nothing if it is none.
    std::optional<std::size_t> size() const {
        struct stat facts {};
        if (::fstat(number_, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
        return static_cast<std::size_t>(facts.st_size);
    }

private:
    int number_;
};

/// The whole pages within `part` of `mapped`, which begins with a page.
std::span<std::byte> whole_pages(std::span<std::byte> mapped, std::span<const std::byte> part) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = static_cast<std::size_t>(part.data() - mapped.data());
    const auto first = (begin + page - 1) / page * page;
    const auto last = (begin + part.size()) / page * page;
    if (last <= first) return {};
    return mapped.subspan(first, last - first);
}

}  // namespace

struct MappedFile::Mapping {
    explicit Mapping(Descriptor open, const std::string& name) : file(std::move(open)) {
        const auto size = file.size();
        if (!size) throw DataError(fmt::format("{}: is not a file that can be mapped", name));
        if (*size == 0) return;  // which mmap refuses
        void* const at = ::mmap(nullptr, *size, PROT_READ, MAP_SHARED, file.get(), 0);
        if (at == MAP_FAILED) fail(name, "mapped", errno);
        bytes = {static_cast<std::byte*>(at), *size};
        watch.emplace(bytes);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        watch.reset();
        if (!bytes.empty()) ::munmap(bytes.data(), bytes.size());
    }

    Descriptor file;
    std::span<std::byte> bytes{};
    std::optional<CutWatch> watch{};
};

MappedFile::MappedFile(std::shared_ptr<const Mapping> mapping, std::string name)
    : mapping_(std::move(mapping)), name_(std::move(name)) {}

MappedFile MappedFile::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) fail(path.string(), "opened", errno);
    return of_descriptor(descriptor, path.string());
}

MappedFile MappedFile::of_descriptor(int descriptor, std::string name) {
    auto mapping = std::make_shared<const Mapping>(Descriptor(descriptor), name);
    return {std::move(mapping), std::move(name)};
}

std::span<const std::byte> MappedFile::bytes() const { return mapping_->bytes; }

void MappedFile::check() const {
    const bool was_cut = mapping_->watch && mapping_->watch->was_cut();
    const auto size = mapping_->file.size().value_or(0);
    if (!was_cut && size >= bytes().size()) return;
    throw DataError(
        fmt::format("{}: the file was cut to {} of its {} bytes while it was read; write it anew "
                    "under another name and rename it",
                    name_,
                    size,
                    bytes().size()));
}

void MappedFile::will_need(std::span<const std::byte> part) const {
    const auto pages = whole_pages(mapping_->bytes, part);
    if (!pages.empty()) ::madvise(pages.data(), pages.size(), MADV_WILLNEED);
}

void MappedFile::done_with(std::span<const std::byte> part) const {
    const auto pages = whole_pages(mapping_->bytes, part);
    if (!pages.empty()) ::madvise(pages.data(), pages.size(), MADV_DONTNEED);
}

}  // namespace trommel::dataset
