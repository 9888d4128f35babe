#include "trommel/server/backup.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/store/sqlite_copy.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace trommel::server {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto manifest_name = "manifest.json";
constexpr std::int64_t manifest_version = 1;

struct BackedUp {
    fs::path path{};  ///< within the data folder
    std::uint64_t bytes = 0;
    std::string sha256{};
};

/// What a process makes for itself alone: locks, drafts, the log of a database, the reserve.
bool is_of_a_process(const fs::path& path) {
    const auto name = path.filename().string();
    const auto is_part = [&](const fs::path& part) { return part == "drafts"; };
    return name == "lock" || name.ends_with(".lock") || name.ends_with("-wal") ||
           name.ends_with("-shm") || name == "reserve" ||
           (name.starts_with('.') && name.ends_with(".new")) ||
           std::any_of(path.begin(), path.end(), is_part);
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::end(entry); ++entry) {
        const auto path = entry->path().lexically_relative(folder);
        std::error_code gone;
        if (entry->is_regular_file(gone) && !entry->is_symlink(gone) && !is_of_a_process(path))
            files.push_back(path);
    }
    std::ranges::sort(files);
    return files;
}

/// A file that never changes once it is there: it is replaced by another, or deleted.
bool is_upload(const fs::path& path) {
    const auto parts = std::distance(path.begin(), path.end());
    if (parts < 3 || *path.begin() != "server") return false;
    const auto kind = *std::next(path.begin());
    return kind == "images" || kind == "thumbnails" || kind == "embeddings";
}

void sync_file(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!is_synced) throw Error(fmt::format("{}: cannot be brought to the disk", file.string()));
}

[[noreturn]] void fail_to_copy(const fs::path& file, const std::error_code& error) {
    throw Error(fmt::format("{}: cannot be copied: {}", file.string(), error.message()));
}

/// False where the file has gone since it was listed.
bool copy_to(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::copy_file(from, to, error);
    if (error == std::errc::no_such_file_or_directory) return false;
    if (error) fail_to_copy(from, error);
    sync_file(to);
    return true;
}

bool take(const fs::path& from, const fs::path& to, const fs::path& path) {
    make_folder(to.parent_path());
    if (store::is_sqlite(from)) {
        store::copy_sqlite(from, to);
        return true;
    }
    std::error_code error;
    if (is_upload(path)) fs::create_hard_link(from, to, error);
    if (is_upload(path) && !error) return true;
    return copy_to(from, to);
}

class Backup {
public:
    Backup(fs::path data, fs::path target) : data_(std::move(data)), target_(std::move(target)) {}

    BackupSize run() {
        refuse_wrong_places();
        make_folder(target_);
        fs::permissions(target_, fs::perms::owner_all);
        const auto files = files_below(data_);
        const auto is_database = [&](const fs::path& path) {
            return store::is_sqlite(data_ / path);
        };
        for (const auto& path : files)
            if (!is_database(path)) copy(path);
        for (const auto& path : files)
            if (is_database(path)) copy(path);
        // What was uploaded while the rest was copied, and appears in the database's copy perhaps.
        for (const auto& path : files_below(data_))
            if (is_upload(path) && !fs::exists(target_ / path)) copy(path);
        write_manifest();
        return size_;
    }

private:
    void refuse_wrong_places() const {
        if (!fs::is_directory(data_ / "server"))
            throw Error(fmt::format("{}: has no folder 'server'; name the --data of a server",
                                    data_.string()));
        std::error_code error;
        if (fs::exists(target_) && !fs::is_empty(target_, error))
            throw Error(
                fmt::format("{}: is not empty; name a folder that is not there", target_.string()));
        const auto inside = fs::weakly_canonical(target_).lexically_relative(fs::canonical(data_));
        if (!inside.empty() && *inside.begin() != "..")
            throw Error(fmt::format("{}: lies within {}; name a folder outside, on another disk",
                                    target_.string(),
                                    data_.string()));
    }

    void copy(const fs::path& path) {
        if (!take(data_ / path, target_ / path, path)) return;
        const auto copied = target_ / path;
        const auto bytes = fs::file_size(copied);
        files_.push_back({path, bytes, sha256_of_file(copied)});
        ++size_.files;
        size_.bytes += bytes;
    }

    void write_manifest() const {
        json::array files;
        for (const auto& file : files_)
            files.push_back(
                {{"path", file.path.string()}, {"bytes", file.bytes}, {"sha256", file.sha256}});
        const json::object manifest{{"version", manifest_version}, {"files", std::move(files)}};
        replace_file(target_ / manifest_name, indented(manifest) + "\n");
    }

    fs::path data_;
    fs::path target_;
    std::vector<BackedUp> files_;
    BackupSize size_;
};

[[noreturn]] void fail_damaged(const fs::path& file, const std::string& what) {
    throw DataError(fmt::format("{}: {}; restore another backup", file.string(), what));
}

/// A path of the manifest may lead nowhere but into the folder.
fs::path inner_path(const fs::path& manifest, const std::string& text) {
    const fs::path path(text);
    const bool leads_out =
        path.empty() || path.is_absolute() ||
        std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
    if (leads_out) fail_damaged(manifest, fmt::format("names a file '{}' outside", text));
    return path;
}

std::vector<BackedUp> read_manifest(const fs::path& backup) {
    const auto file = backup / manifest_name;
    if (!fs::exists(file))
        throw DataError(fmt::format("{}: has no {}; it is not a backup, or one that was cut off",
                                    backup.string(),
                                    manifest_name));
    std::vector<BackedUp> files;
    try {
        const auto manifest = json::parse(read_file(file));
        if (manifest.at("version").as_int64() != manifest_version)
            fail_damaged(file, "was written by another version of trommel");
        for (const auto& each : manifest.at("files").as_array())
            files.push_back({inner_path(file, json::value_to<std::string>(each.at("path"))),
                             each.at("bytes").to_number<std::uint64_t>(),
                             json::value_to<std::string>(each.at("sha256"))});
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        fail_damaged(file, fmt::format("is not a manifest: {}", error.what()));
    }
    return files;
}

void check(const fs::path& backup, const BackedUp& file) {
    const auto path = backup / file.path;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) fail_damaged(path, "is missing");
    if (sha256_of_file(path) != file.sha256)
        fail_damaged(path, "has other content than was backed up");
}

}  // namespace

BackupSize backup_data(const fs::path& data, const fs::path& target) {
    return Backup(data, target).run();
}

BackupSize restore_data(const fs::path& backup, const fs::path& data) {
    std::error_code error;
    if (fs::exists(data) && !fs::is_empty(data, error))
        throw Error(fmt::format(
            "{}: is not empty; name a folder that is not there, or move it away", data.string()));
    const auto files = read_manifest(backup);
    for (const auto& file : files) check(backup, file);
    auto draft = fs::absolute(data).lexically_normal();
    draft += ".restoring";
    fs::remove_all(draft);
    BackupSize size;
    for (const auto& file : files) {
        make_folder((draft / file.path).parent_path());
        if (!copy_to(backup / file.path, draft / file.path)) fail_damaged(file.path, "has gone");
        ++size.files;
        size.bytes += file.bytes;
    }
    make_folder(draft / "server");
    fs::permissions(draft / "server", fs::perms::owner_all);
    if (fs::exists(data)) fs::remove(data);
    fs::rename(draft, data, error);
    if (error) fail_to_copy(draft, error);
    sync_folder(fs::absolute(data).parent_path());
    return size;
}

}  // namespace trommel::server
