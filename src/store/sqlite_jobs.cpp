#include "store/job_columns.hpp"
#include "store/sqlite_store.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

namespace trommel::store {

namespace {

const std::vector<std::string>& request_columns() {
    static const auto names = columns_of<SamplingRequest>(request_fields);
    return names;
}

const std::vector<std::string>& outcome_columns() {
    static const auto names = columns_of<SelectionOutcome>(outcome_fields);
    return names;
}

std::string select_jobs(std::string_view where) {
    return fmt::format(
        "SELECT id, state, result, error, created_at, finished_at, (SELECT coalesce(max(place) + "
        "1, 0) FROM picks WHERE job = jobs.number), {}, {} FROM jobs {}",
        fmt::join(request_columns(), ", "),
        fmt::join(outcome_columns(), ", "),
        where);
}

std::string insert_job() {
    const auto count = request_columns().size() + outcome_columns().size();
    std::string places;
    for (std::size_t i = 0; i < count; ++i) places += ", ?";
    return fmt::format(
        "INSERT INTO jobs (id, state, created_at, score, {}, {}) VALUES (?, 'WAITING', ?, ?{})",
        fmt::join(request_columns(), ", "),
        fmt::join(outcome_columns(), ", "),
        places);
}

std::string update_outcome() {
    std::string changes;
    for (const auto& name : outcome_columns())
        changes += fmt::format(", {0} = coalesce(?, {0})", name);
    return fmt::format("UPDATE jobs SET result = ?, finished_at = ?{} WHERE number = ?", changes);
}

Job read_job(const Database& database, const Statement& row) {
    Job job;
    RowReader columns(database, row);
    columns.read(job.id);
    columns.read(job.state);
    columns.read(job.result);
    columns.read(job.error);
    columns.read(job.created_at);
    columns.read(job.finished_at);
    columns.read(job.picks);
    columns.read(job.request, request_fields);
    columns.read(job.outcome, outcome_fields);
    return job;
}

template <typename... Args>
std::optional<Job> job_where(Database& database, std::string_view where, const Args&... args) {
    Statement row(database, select_jobs(where));
    if (!row.bind(args...).step()) return std::nullopt;
    return read_job(database, row);
}

/// Runs a statement with the values of a tuple among its own.
template <typename Before, typename Cells, typename After>
void run_with(Database& database,
              std::string sql,
              const Before& before,
              const Cells& cells,
              const After& after) {
    std::apply([&](const auto&... each) { database.run(std::move(sql), each...); },
               std::tuple_cat(before, cells, after));
}

void insert_picks(Database& database,
                  std::int64_t job,
                  std::size_t place,
                  std::span<const selection::Pick> picks) {
    Statement insert(
        database,
        "INSERT INTO picks (job, place, sample, score, distance, nearest) VALUES (?, ?, ?, ?, ?, "
        "?) "
        "ON CONFLICT DO NOTHING");
    for (const auto& pick : picks)
        insert.bind(job, place++, pick.sample, pick.score, pick.distance, pick.nearest).run();
}

/// The number of a score column that the job is to read.
std::int64_t column_for(Database& database,
                        const SamplingRequest& request,
                        const std::string& type) {
    const auto number = database.find<std::int64_t>(
        "SELECT number FROM scores WHERE tag = ? AND type = ? AND replaced = 0",
        request.query,
        type);
    if (!number)
        throw StoreError(StoreError::Reason::not_found,
                         fmt::format("the query tag has no scores '{}'; upload them first", type));
    return *number;
}

/// Nothing if it uses none.
std::optional<std::int64_t> scores_for(Database& database, const SamplingRequest& request) {
    if (!request.score_type) return std::nullopt;
    return column_for(database, request, *request.score_type);
}

}  // namespace

void SqliteStore::add_job(const Job& job) {
    const auto& request = job.request;
    Transaction transaction(database_);
    number_of("datasets", request.dataset.text());
    number_of("tags", request.query.text());
    if (request.preselected) number_of("tags", request.preselected->text());
    if (find_job(request.dataset, request.key))
        throw StoreError(
            StoreError::Reason::exists,
            fmt::format("the key '{}' has a sampling job already; ask for that one", request.key));
    check_tag_name_free(request.dataset, request.new_tag_name);
    const auto score = scores_for(database_, request);
    run_with(database_,
             insert_job(),
             std::tie(job.id, job.created_at, score),
             cells_of(request, request_fields),
             cells_of(job.outcome, outcome_fields));
    const auto number = database_.last_row();
    for (const auto& type : selection::named_scores(request.strategy))
        database_.run("INSERT INTO job_scores VALUES (?, ?, ?)",
                      number,
                      type,
                      column_for(database_, request, type));
    transaction.commit();
}

std::optional<Job> SqliteStore::job(const JobId& id) {
    return job_where(database_, "WHERE id = ?", id);
}

std::optional<Job> SqliteStore::find_job(const DatasetId& dataset, std::string_view key) {
    return job_where(database_, "WHERE dataset = ? AND key = ?", dataset, key);
}

std::vector<Job> SqliteStore::jobs() {
    std::vector<Job> jobs;
    Statement row(database_, select_jobs("WHERE id NOT GLOB 'deleted:*' ORDER BY number"));
    row.bind();
    while (row.step()) jobs.push_back(read_job(database_, row));
    return jobs;
}

std::vector<JobId> SqliteStore::unfinished_jobs() {
    std::vector<JobId> ids;
    Statement row(database_,
                  "SELECT id FROM jobs WHERE state IN ('WAITING', 'RUNNING') ORDER BY number");
    while (row.step()) ids.push_back(row.get<JobId>(0));
    return ids;
}

std::vector<double> SqliteStore::job_scores(const JobId& id) {
    const auto number = number_of("jobs", id.text());
    const auto score = *database_.find<std::optional<std::int64_t>>(
        "SELECT score FROM jobs WHERE number = ?", number);
    if (!score) return {};
    return read_scores(*score);
}

std::map<std::string, std::vector<double>> SqliteStore::job_named_scores(const JobId& id) {
    std::map<std::string, std::vector<double>> columns;
    Statement row(database_, "SELECT type, score FROM job_scores WHERE job = ? ORDER BY type");
    row.bind(number_of("jobs", id.text()));
    while (row.step()) columns[row.get<std::string>(0)] = read_scores(row.get<std::int64_t>(1));
    return columns;
}

void SqliteStore::mark_running(const JobId& id) {
    Transaction transaction(database_);
    database_.run("UPDATE jobs SET state = 'RUNNING' WHERE id = ? AND state = 'WAITING'", id);
    transaction.commit();
}

void SqliteStore::keep_picks(const JobId& id,
                             std::size_t place,
                             std::span<const selection::Pick> picks) {
    Transaction transaction(database_);
    const auto number = number_of("jobs", id.text());
    const auto now = *job(id);
    if (now.state == JobState::finished || now.state == JobState::failed) return;
    if (place > now.picks)
        throw StoreError(
            StoreError::Reason::invalid,
            fmt::format("job '{}' has {} picks, so the next to keep is not that at {}; "
                        "keep those between first",
                        id.text(),
                        now.picks,
                        place));
    insert_picks(database_, number, place, picks);
    transaction.commit();
}

void SqliteStore::finish_job(const JobId& id,
                             const Tag& result,
                             std::span<const selection::Pick> picks,
                             const SelectionOutcome& outcome) {
    Transaction transaction(database_);
    const auto number = number_of("jobs", id.text());
    database_.run(
        "UPDATE jobs SET state = 'FINISHED' WHERE number = ? AND state IN ('WAITING', 'RUNNING')",
        number);
    if (database_.changes() == 0) return;
    insert_tag(result);
    run_with(database_,
             update_outcome(),
             std::tie(result.id, result.created_at),
             cells_of(outcome, outcome_fields),
             std::tie(number));
    database_.run("DELETE FROM picks WHERE job = ?", number);
    insert_picks(database_, number, 0, picks);
    drop_replaced_scores();
    transaction.commit();
}

void SqliteStore::fail_job(const JobId& id, std::string_view error) {
    Transaction transaction(database_);
    database_.run(
        "UPDATE jobs SET state = 'FAILED', error = ?2, finished_at = ?3 WHERE id = ?1 AND state IN "
        "('WAITING', 'RUNNING')",
        id,
        error,
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    if (database_.changes() == 0) return;
    database_.run("DELETE FROM picks WHERE job = (SELECT number FROM jobs WHERE id = ?)", id);
    drop_replaced_scores();
    transaction.commit();
}

std::vector<selection::Pick> SqliteStore::picks(const JobId& id) {
    std::vector<selection::Pick> picks;
    Statement row(
        database_,
        "SELECT sample, score, distance, nearest FROM picks WHERE job = ? ORDER BY place");
    row.bind(number_of("jobs", id.text()));
    while (row.step())
        picks.push_back({.sample = row.get<SampleIndex>(0),
                         .score = row.get<std::optional<double>>(1),
                         .distance = row.get<std::optional<double>>(2),
                         .nearest = row.get<std::optional<SampleIndex>>(3)});
    return picks;
}

}  // namespace trommel::store
