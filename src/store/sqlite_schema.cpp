#include "store/sqlite_schema.hpp"

#include "trommel/store/sqlite_copy.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <thread>

namespace trommel::store {

namespace {

/// "trom" in ASCII, where SQLite keeps which program a file belongs to.
constexpr std::int64_t application_id = 0x74726f6d;

// Ids are texts as on the wire. The rows of large tables name their owner by `number` instead,
// which is an eighth of the bytes. Numbers grow, so that ordering by them is oldest first.
constexpr const char* version_1 = R"sql(
CREATE TABLE datasets (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    sample_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE samples (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (dataset, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX samples_by_name ON samples (dataset, name);

CREATE TABLE tags (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    mask BLOB NOT NULL,
    total INTEGER NOT NULL,
    previous TEXT REFERENCES tags (id),
    query TEXT REFERENCES tags (id) ON DELETE SET NULL,
    preselected TEXT REFERENCES tags (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset, name)
) STRICT;

CREATE TABLE embeddings (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (dataset, name)
) STRICT;

CREATE TABLE embedding_chunks (
    embedding INTEGER NOT NULL REFERENCES embeddings ON DELETE CASCADE,
    place INTEGER NOT NULL,
    floats BLOB NOT NULL,
    PRIMARY KEY (embedding, place)
) STRICT;

CREATE TABLE scores (
    number INTEGER PRIMARY KEY,
    tag TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    length INTEGER NOT NULL,
    replaced INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX scores_by_type ON scores (tag, type) WHERE replaced = 0;

CREATE TABLE score_chunks (
    score INTEGER NOT NULL REFERENCES scores ON DELETE CASCADE,
    place INTEGER NOT NULL,
    doubles BLOB NOT NULL,
    PRIMARY KEY (score, place)
) STRICT;

-- query, preselected and embedding say what was asked; what they name may be gone since.
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('WAITING', 'RUNNING', 'FINISHED', 'FAILED')),
    new_tag_name TEXT NOT NULL,
    method TEXT NOT NULL,
    query TEXT NOT NULL,
    preselected TEXT,
    samples INTEGER,
    min_distance REAL NOT NULL,
    embedding TEXT,
    score_type TEXT,
    score INTEGER REFERENCES scores ON DELETE SET NULL,
    seed INTEGER NOT NULL,
    round INTEGER NOT NULL,
    result TEXT REFERENCES tags (id) ON DELETE SET NULL,
    error TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX unfinished_jobs ON jobs (number) WHERE state IN ('WAITING', 'RUNNING');
CREATE INDEX jobs_by_score ON jobs (score);
CREATE INDEX jobs_by_result ON jobs (result);

CREATE TABLE picks (
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    place INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    score REAL,
    distance REAL,
    PRIMARY KEY (job, place)
) STRICT, WITHOUT ROWID;
)sql";

// The keys by which a call that is repeated after a crash finds what it did before.
constexpr const char* version_2 = R"sql(
ALTER TABLE jobs ADD COLUMN key TEXT;
CREATE UNIQUE INDEX jobs_by_key ON jobs (dataset, key) WHERE key IS NOT NULL;

-- Every upload of scores that had a key. It stays when its column is replaced, so that a late
-- repetition does not bring old scores back.
CREATE TABLE uploads (
    tag TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tag, type, key)
) STRICT, WITHOUT ROWID;
)sql";

// What a server keeps beside: of samples and of anything else, as JSON.
constexpr const char* version_3 = R"sql(
CREATE TABLE sample_details (
    dataset INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
    place INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (dataset, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    dataset TEXT REFERENCES datasets (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_by_key ON documents (kind, coalesce(dataset, ''), owner, key);
CREATE INDEX documents_by_dataset ON documents (dataset);
CREATE INDEX jobs_by_dataset ON jobs (dataset);
CREATE INDEX tags_by_previous ON tags (previous);
CREATE INDEX tags_by_query ON tags (query);
CREATE INDEX tags_by_preselected ON tags (preselected);
)sql";

// Every strategy has a name, those of Lightly's methods too, and what it was told; a pick knows
// what it is near to, a job why it has no more picks.
constexpr const char* version_4 = R"sql(
ALTER TABLE jobs RENAME COLUMN method TO strategy;
UPDATE jobs SET strategy = lower(strategy);
ALTER TABLE jobs ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN similar_to TEXT;
ALTER TABLE jobs ADD COLUMN ending TEXT;
ALTER TABLE picks ADD COLUMN nearest INTEGER;
)sql";

// What a job is told beside: goals and thresholds, a line each, with the scores that these name; a
// share of the pool; how much memory it takes; when it has ended.
constexpr const char* version_5 = R"sql(
ALTER TABLE jobs ADD COLUMN goals TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN thresholds TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN proportion REAL;
ALTER TABLE jobs ADD COLUMN memory INTEGER;
ALTER TABLE jobs ADD COLUMN finished_at INTEGER;

CREATE TABLE job_scores (
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    type TEXT NOT NULL,
    score INTEGER NOT NULL REFERENCES scores ON DELETE CASCADE,
    PRIMARY KEY (job, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_scores_by_score ON job_scores (score);
)sql";

// How much of what an approximate search looked for it found.
constexpr const char* version_6 = R"sql(
ALTER TABLE jobs ADD COLUMN recall REAL;
)sql";

// Whose samples are on their way into a dataset, behind those that count.
constexpr const char* version_7 = R"sql(
ALTER TABLE datasets ADD COLUMN adding TEXT;
ALTER TABLE tags ADD COLUMN mask_checksum INTEGER;
ALTER TABLE embedding_chunks ADD COLUMN checksum INTEGER;
ALTER TABLE score_chunks ADD COLUMN checksum INTEGER;
)sql";

/// Migration i brings a database of version i to version i + 1. Never edit one that was released.
constexpr std::array migrations{
    version_1, version_2, version_3, version_4, version_5, version_6, version_7};

constexpr std::int64_t newest = migrations.size();

std::int64_t pragma(Database& database, std::string_view name) {
    return database.find<std::int64_t>(fmt::format("PRAGMA {}", name)).value_or(0);
}

bool is_empty(Database& database) {
    return !database.find<std::int64_t>("SELECT 1 FROM sqlite_master LIMIT 1") &&
           pragma(database, "application_id") == 0 && pragma(database, "user_version") == 0;
}

[[noreturn]] void refuse(const Database& database, const std::string& what) {
    throw StoreError(StoreError::Reason::unusable, database.path().string() + ": " + what);
}

void check_owner(Database& database) {
    if (is_empty(database)) return;
    if (pragma(database, "application_id") != application_id)
        refuse(database, "a database of another program; name another file");
    const auto version = pragma(database, "user_version");
    if (version > newest)
        refuse(database,
               fmt::format("written by a newer trommel (format {}, this one knows up to {}); use "
                           "the newer one, or name another file",
                           version,
                           newest));
}

void run_script(Database& database, const char* script) {
    const int code = sqlite3_exec(database.handle(), script, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) database.fail(code);
}

/// Asks again while it is locked: a change of the journal is the one step for which SQLite does not
/// wait by itself when others do the same.
void use_write_ahead_log(Database& database) {
    const auto deadline = std::chrono::steady_clock::now() + database.busy_timeout();
    for (;;) {
        const int code =
            sqlite3_exec(database.handle(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
        if (code == SQLITE_OK) return;
        if ((code & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() > deadline)
            database.fail(code);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

/// An older trommel cannot read what an upgrade makes: the copy is the way back.
void keep_copy(const Database& database, std::int64_t version, const SqliteOptions& options) {
    auto copy = database.path();
    copy += fmt::format(".v{}.bak", version);
    if (std::filesystem::exists(copy)) return;
    auto draft = copy;
    draft += ".new";
    std::filesystem::remove(draft);
    copy_sqlite(database.path(), draft);
    std::filesystem::rename(draft, copy);
    if (options.notice)
        options.notice(
            fmt::format("{} is upgraded from format {} to {}; a copy of it as it was is {}",
                        database.path().string(),
                        version,
                        newest,
                        copy.string()));
}

void migrate(Database& database, const SqliteOptions& options) {
    Transaction transaction(database);
    check_owner(database);  // again: another process may have been here since
    auto version = pragma(database, "user_version");
    // Within the transaction, so that of many who open it one makes the copy, and nobody writes.
    if (version > 0 && version < newest) keep_copy(database, version, options);
    for (; version < newest; ++version)
        run_script(database, migrations[static_cast<std::size_t>(version)]);
    database.run(fmt::format("PRAGMA application_id = {}", application_id));
    database.run(fmt::format("PRAGMA user_version = {}", newest));
    transaction.commit();
}

void bound_size(Database& database, std::uint64_t max_bytes) {
    const auto page = *database.find<std::uint64_t>("PRAGMA page_size");
    database.run(fmt::format("PRAGMA max_page_count = {}", max_bytes / page + 1));
}

}  // namespace

void prepare_schema(Database& database, const SqliteOptions& options) {
    check_owner(database);
    use_write_ahead_log(database);
    run_script(database,
               "PRAGMA journal_size_limit = 67108864;"
               "PRAGMA synchronous = NORMAL;"
               "PRAGMA foreign_keys = ON;"
               "PRAGMA cache_size = -32768;"
               "PRAGMA temp_store = MEMORY;");
    if (pragma(database, "user_version") != newest) migrate(database, options);
    if (options.max_bytes > 0) bound_size(database, options.max_bytes);
}

// The smallest transaction that there is, synced, and with it all that appears in the log before
// it.
void SyncedLog::flush() {
    if (broken_) database_.fail(SQLITE_IOERR_FSYNC);
    const auto changes = database_.all_changes();
    if (changes == flushed_) return;
    const WriteTurn turn(database_);
    const auto script = fmt::format(
        "PRAGMA synchronous = FULL; PRAGMA user_version = {}; PRAGMA synchronous = NORMAL", newest);
    const int code = sqlite3_exec(database_.handle(), script.c_str(), nullptr, nullptr, nullptr);
    broken_ = code == SQLITE_IOERR_FSYNC;
    if (code != SQLITE_OK) database_.fail(code);
    flushed_ = changes;
}

}  // namespace trommel::store
