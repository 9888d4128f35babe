#include "trommel/server/examine_data.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/folder_lock.hpp"
#include "trommel/store/integrity.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace trommel::server {

namespace {

namespace fs = std::filesystem;

constexpr auto from_backup =
    "stop the server and put a backup back: trommel restore BACKUP --data DIR";
constexpr std::size_t secret_digits = 64;

class DataExaminer {
public:
    explicit DataExaminer(const fs::path& folder) : server_(folder / "server") {}

    Examination take() {
        examine_permissions();
        examine_secret();
        for (const auto* name : {"platform.db", "server.db"}) examine_database(server_ / name);
        examine_drafts();
        examine_audit();
        return std::move(found_);
    }

private:
    void is_whole(const fs::path& file) { found_.whole.push_back(file); }
    void tell(const fs::path& file, std::string problem, std::string advice) {
        found_.findings.push_back({file, std::move(problem), std::move(advice)});
    }

    void examine_permissions() {
        const auto others = fs::perms::group_all | fs::perms::others_all;
        if ((fs::status(server_).permissions() & others) == fs::perms::none)
            return is_whole(server_);
        tell(server_,
             "can be entered by others than its owner, and holds secrets",
             fmt::format("chmod 700 {}", server_.string()));
    }

    void examine_secret() {
        const auto file = server_ / "secret";
        if (!fs::exists(file)) return;
        const auto text = read_file(file);
        const bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (is_hex && text.size() == secret_digits) return is_whole(file);
        tell(file,
             fmt::format("is not a secret of {} hex digits", secret_digits),
             "put it back from a backup; without it tokens and the keys of datasources are lost");
    }

    void examine_database(const fs::path& file) {
        if (!fs::exists(file)) return;
        const auto faults = store::integrity_faults(file);
        if (!faults.empty())
            return tell(file, fmt::format("is damaged: {}", fmt::join(faults, "; ")), from_backup);
        is_whole(file);
        if (file.filename() == "platform.db") examine_uploads(file);
    }

    /// Files that a crash left between a row's end and its file's.
    void examine_uploads(const fs::path& database) {
        const auto embeddings = store::known_ids(database, "embeddings");
        const auto datasets = store::known_ids(database, "datasets");
        examine_names(server_ / "embeddings", {embeddings.begin(), embeddings.end()});
        for (const auto* kind : {"images", "thumbnails"})
            examine_names(server_ / kind, {datasets.begin(), datasets.end()});
    }

    void examine_names(const fs::path& folder, const std::set<std::string>& known) {
        if (!fs::exists(folder)) return;
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (known.contains(entry.path().stem().string()))
                is_whole(entry.path());
            else
                tell(entry.path(),
                     "belongs to nothing in the database",
                     "delete it; nothing refers to it");
        }
    }

    void examine_drafts() {
        const auto drafts = server_ / "drafts";
        if (!fs::exists(drafts) || fs::is_empty(drafts) || FolderLock::holder(server_)) return;
        tell(drafts, "holds uploads that were cut off", "start the server; it deletes them");
    }

    void examine_audit() {
        if (!fs::exists(server_)) return;
        for (const auto& entry : fs::directory_iterator(server_))
            if (entry.path().filename().string().starts_with("audit.jsonl"))
                examine_lines(entry.path());
    }

    void examine_lines(const fs::path& file) {
        std::istringstream lines(read_file(file));
        std::string line;
        for (std::size_t number = 1; std::getline(lines, line); ++number) {
            boost::system::error_code error;
            boost::json::parse(line, error);
            if (error)
                return tell(file,
                            fmt::format("line {} is not JSON", number),
                            "nothing leans on it; keep the file aside if you need its lines");
        }
        is_whole(file);
    }

    fs::path server_;
    Examination found_;
};

}  // namespace

bool is_data_folder(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "server" / "platform.db", ignored) ||
           fs::exists(folder / "server" / "server.db", ignored) ||
           fs::exists(folder / "server" / "secret", ignored) ||
           fs::is_directory(folder / "schedules", ignored);
}

Examination examine_data(const fs::path& folder) { return DataExaminer(folder).take(); }

}  // namespace trommel::server
