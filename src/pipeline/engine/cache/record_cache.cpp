#include "trommel/pipeline/stage/record_cache.hpp"

#include "pipeline/engine/cache/bytes.hpp"
#include "pipeline/engine/cache/cache_lock.hpp"
#include "pipeline/engine/cache/draft.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <algorithm>

namespace trommel {
namespace {

namespace fs = std::filesystem;

bool holds_answers(const fs::path& file) { return file.extension() == ".answers"; }

}  // namespace

RecordCache::RecordCache(fs::path cache, fs::path folder, std::string description)
    : cache_(std::move(cache)), folder_(std::move(folder)), description_(std::move(description)) {
    const CacheLock lock(cache_, CacheLock::Mode::shared);
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder_, error))
        if (holds_answers(file.path())) files.push_back(file.path());
    fs::last_write_time(folder_, fs::file_time_type::clock::now(), error);
    std::ranges::sort(files);  // where answers differ, the same one counts each time
    for (const auto& file : files) read(file);
}

void RecordCache::read(const fs::path& file) {
    try {
        const std::string bytes = read_checked(file);
        ByteReader reader(bytes);
        if (reader.text() != description_) throw DataError("it belongs to another key");
        while (!reader.at_end()) {
            auto question = reader.text();
            answers_.insert_or_assign(std::move(question), reader.text());
        }
    } catch (const Error&) {
        damaged_.push_back(file);
        std::error_code ignored;
        fs::remove(file, ignored);
    }
}

const std::string* RecordCache::find(const std::string& question) const {
    const auto found = answers_.find(question);
    return found == answers_.end() ? nullptr : &found->second;
}

void RecordCache::add(const std::vector<Answer>& answers) {
    if (answers.empty()) return;
    ByteWriter bytes;
    bytes.add(std::string_view(description_));
    for (const auto& [question, answer] : answers) {
        bytes.add(std::string_view(question));
        bytes.add(std::string_view(answer));
        answers_.insert_or_assign(question, answer);
    }
    const Draft draft(folder_.parent_path());
    replace_file(draft.path() / "key.json", description_);
    write_checked(draft.path() / "answers", bytes.bytes());
    const CacheLock lock(cache_, CacheLock::Mode::shared);
    make_folder(folder_);
    draft.put(folder_ / "key.json", "key.json");
    draft.put(folder_ / (sha256(bytes.bytes()) + ".answers"), "answers");
}

void RecordCache::count(std::size_t known, std::size_t asked) {
    known_ = known;
    asked_ = asked;
}

}  // namespace trommel
