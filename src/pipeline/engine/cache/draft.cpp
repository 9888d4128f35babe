#include "pipeline/engine/cache/draft.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

namespace trommel {
namespace {

constexpr std::string_view prefix = ".draft-";
constexpr std::size_t digest_size = 64;

std::filesystem::path new_draft(const std::filesystem::path& folder) {
    static std::atomic<unsigned> count = 0;
    return folder / fmt::format("{}{}-{}", prefix, ::getpid(), ++count);
}

}  // namespace

Draft::Draft(const std::filesystem::path& folder) : path_(new_draft(folder)) { make_folder(path_); }

Draft::~Draft() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void Draft::put(const std::filesystem::path& place, std::string_view part) const {
    std::error_code error;
    std::filesystem::rename(part.empty() ? path_ : path_ / part, place, error);
    if (error && !std::filesystem::exists(place))
        throw Error(fmt::format("{}: cannot keep it: {}", place.string(), error.message()));
}

bool is_draft(const std::filesystem::path& path) {
    return path.filename().string().starts_with(prefix);
}

void write_checked(const std::filesystem::path& file, std::string_view bytes) {
    replace_file(file, sha256(bytes).append(bytes));
}

std::string read_checked(const std::filesystem::path& file) {
    std::string bytes = read_file(file);
    const std::string digest = bytes.substr(0, digest_size);
    bytes.erase(0, digest_size);
    if (sha256(bytes) != digest) throw DataError("its checksum does not fit");
    return bytes;
}

}  // namespace trommel
