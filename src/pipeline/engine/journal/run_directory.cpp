#include "pipeline/engine/journal/run_directory.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/record_log.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

/// Whether a run has begun here. A process that died before it had written its first record has
/// left nothing that is worth keeping.
bool holds_run(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path / "journal.jsonl"))
        return std::filesystem::exists(path / "resolved.yaml");  // of a version without journals
    return !read_records(path / "journal.jsonl", OnDamage::leave_out).records.empty();
}

}  // namespace

RunDirectory RunDirectory::create(std::filesystem::path path) {
    make_folder(path);
    FolderLock lock(path);
    if (holds_run(path))
        throw Error(
            fmt::format("{} holds another run; give --run-dir a new directory, or go on "
                        "with that run: trommel resume {}",
                        path.string(),
                        path.string()));
    return {std::move(path), std::move(lock)};
}

RunDirectory RunDirectory::open(std::filesystem::path path) {
    if (!std::filesystem::exists(path / "journal.jsonl"))
        throw ConfigError(
            fmt::format("{} has no journal.jsonl, so it is not a directory of a run, or "
                        "one of an older trommel that kept no journal",
                        path.string()));
    FolderLock lock(path);
    return {std::move(path), std::move(lock)};
}

void RunDirectory::write(const std::string& name, std::string_view content) const {
    replace_file(path_ / name, content);
}

}  // namespace trommel
