#include "pipeline/engine/cache/stage_cache.hpp"

#include "pipeline/engine/cache/bytes.hpp"
#include "pipeline/engine/cache/cache_lock.hpp"
#include "pipeline/engine/cache/draft.hpp"
#include "pipeline/engine/cache/payload_bytes.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

namespace fs = std::filesystem;

void copy_folder(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::remove_all(to, error);
    if (!error) fs::create_directories(to, error);
    if (!error) fs::copy(from, to, fs::copy_options::recursive, error);
    if (error)
        throw Error(
            fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), error.message()));
}

/// The folder that a payload names, or null.
const fs::path* folder_of(std::string_view port, const Payload& payload) {
    if (port != DirectoryModel::port) return nullptr;
    return &static_cast<const DirectoryModel&>(payload).directory;
}

/// The key is among the bytes, so that an entry that was moved is none.
std::string to_bytes(const KeyParts& parts,
                     std::string_view port,
                     const std::vector<PayloadPtr>& output) {
    ByteWriter bytes;
    bytes.add(std::string_view(digest_of(parts)));
    bytes.add(static_cast<std::uint64_t>(output.size()));
    for (const auto& payload : output) bytes.add(std::string_view(encode(port, *payload)));
    return bytes.bytes();
}

std::vector<PayloadPtr> from_bytes(const std::string& bytes,
                                   const KeyParts& parts,
                                   std::string_view port,
                                   const TagSetPtr& of,
                                   const fs::path& files) {
    ByteReader reader(bytes);
    if (reader.text() != digest_of(parts)) throw DataError("it belongs to another key");
    std::vector<PayloadPtr> output;
    for (auto count = reader.number<std::uint64_t>(); count > 0; --count)
        output.push_back(decode(port, reader.text(), of, files));
    return output;
}

}  // namespace

fs::path StageCache::shelf(const std::string& kind, CacheMode mode) const {
    return folder_ / "v1" / (mode == CacheMode::record ? kind + ".records" : kind);
}

fs::path StageCache::entry(const KeyParts& parts, CacheMode mode) const {
    return shelf(parts.at("kind"), mode) / digest_of(parts);
}

std::optional<std::vector<PayloadPtr>> StageCache::find(const KeyParts& parts,
                                                        std::string_view port,
                                                        TagSetPtr of,
                                                        const fs::path& files) const {
    const auto place = entry(parts, CacheMode::whole);
    std::string damage;
    {
        const CacheLock lock(folder_, CacheLock::Mode::shared);
        if (!fs::exists(place)) return std::nullopt;
        try {
            const std::string bytes = read_checked(place / "output");
            if (fs::exists(place / "files")) copy_folder(place / "files", files);
            auto output = from_bytes(bytes, parts, port, of, files);
            std::error_code ignored;
            fs::last_write_time(place, fs::file_time_type::clock::now(), ignored);
            return output;
        } catch (const std::exception& error) {
            damage = error.what();
        }
    }
    take_out(folder_, place);
    throw DataError(fmt::format("{}: {}", place.string(), damage));
}

void StageCache::store(const KeyParts& parts,
                       std::string_view port,
                       const std::vector<PayloadPtr>& output) const {
    const auto place = entry(parts, CacheMode::whole);
    const Draft draft(place.parent_path());
    replace_file(draft.path() / "key.json", to_json_text(parts));
    write_checked(draft.path() / "output", to_bytes(parts, port, output));
    for (const auto& payload : output)
        if (const auto* files = folder_of(port, *payload))
            copy_folder(*files, draft.path() / "files");
    draft.put(place);
}

RecordCache StageCache::records(const KeyParts& parts) const {
    return {folder_, entry(parts, CacheMode::record), to_json_text(parts)};
}

}  // namespace trommel
