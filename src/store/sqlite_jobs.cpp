#include "store/sqlite_store.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

namespace trommel::store {

namespace {

constexpr std::string_view select_jobs =
    "SELECT id, state, result, error, created_at, dataset, new_tag_name, strategy, query, "
    "preselected, samples, min_distance, embedding, score_type, seed, round, coalesce(key, ''), "
    "(SELECT coalesce(max(place) + 1, 0) FROM picks WHERE job = jobs.number), "
    "settings, similar_to, ending, goals, thresholds, proportion, memory, finished_at, "
    "recall FROM jobs ";

JobState to_state(const Database& database, const std::string& name) {
    const auto state = parse_job_state(name);
    if (!state) database.fail_damaged(fmt::format("'{}' is not a state of a job", name));
    return *state;
}

/// A line each.
std::string to_lines(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, "\n"));
}

std::vector<std::string> of_lines(std::string_view lines) {
    std::vector<std::string> texts;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        texts.emplace_back(line);
    }
    return texts;
}

/// A strategy of a newer trommel is no damage: the job that asks for it fails by name.
selection::StrategyChoice to_strategy(const Database& database, const Statement& row) {
    try {
        return {.name = row.get<std::string>(7),
                .settings = selection::parse_settings(row.get<std::string>(18)),
                .goals = of_lines(row.get<std::string>(21)),
                .thresholds = of_lines(row.get<std::string>(22))};
    } catch (const DataError& error) {
        database.fail_damaged(error.what());
    }
}

std::optional<selection::Ending> to_ending(const Database& database,
                                           const std::optional<std::string>& name) {
    if (!name) return std::nullopt;
    const auto ending = selection::parse_ending(*name);
    if (!ending) database.fail_damaged(fmt::format("'{}' is not the end of a selection", *name));
    return ending;
}

JobRequest read_request(const Database& database, const Statement& row) {
    return {.dataset = row.get<DatasetId>(5),
            .new_tag_name = row.get<std::string>(6),
            .strategy = to_strategy(database, row),
            .similar_to = row.get<std::optional<TagId>>(19),
            .query = row.get<TagId>(8),
            .preselected = row.get<std::optional<TagId>>(9),
            .samples = row.get<std::optional<std::size_t>>(10),
            .proportion = row.get<std::optional<double>>(23),
            .min_distance = row.get<double>(11),
            .embedding = row.get<std::optional<EmbeddingId>>(12),
            .score_type = row.get<std::optional<std::string>>(13),
            .seed = row.get<std::uint64_t>(14),
            .round = row.get<std::uint32_t>(15),
            .memory = row.get<std::optional<std::size_t>>(24),
            .key = row.get<std::string>(16)};
}

Job read_job(const Database& database, const Statement& row) {
    return {.id = row.get<JobId>(0),
            .request = read_request(database, row),
            .state = to_state(database, row.get<std::string>(1)),
            .picks = row.get<std::size_t>(17),
            .result = row.get<std::optional<TagId>>(2),
            .ending = to_ending(database, row.get<std::optional<std::string>>(20)),
            .recall = row.get<std::optional<double>>(26),
            .error = row.get<std::string>(3),
            .created_at = row.get<Timestamp>(4),
            .finished_at = row.get<std::optional<Timestamp>>(25)};
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
std::int64_t column_for(Database& database, const JobRequest& request, const std::string& type) {
    const auto number = database.find<std::int64_t>(
        "SELECT number FROM scores WHERE tag = ? AND type = ? AND replaced = 0",
        request.query,
        type);
    if (!number)
        throw StoreError(StoreError::Reason::not_found,
                         fmt::format("the query tag has no scores '{}'; upload them first", type));
    return *number;
}

/// Nothing if it goes by none.
std::optional<std::int64_t> scores_for(Database& database, const JobRequest& request) {
    if (!request.score_type) return std::nullopt;
    return column_for(database, request, *request.score_type);
}

}  // namespace

void SqliteStore::add_job(const JobId& id, const JobRequest& request, Timestamp now) {
    Transaction transaction(database_);
    number_of("datasets", request.dataset.text());
    number_of("tags", request.query.text());
    if (request.preselected) number_of("tags", request.preselected->text());
    if (find_job(request.dataset, request.key))
        throw StoreError(
            StoreError::Reason::exists,
            fmt::format("the key '{}' has a sampling job already; ask for that one", request.key));
    check_tag_name_free(request.dataset, request.new_tag_name);
    database_.run(
        "INSERT INTO jobs (id, dataset, state, new_tag_name, strategy, settings, similar_to, "
        "query, "
        "preselected, samples, min_distance, embedding, score_type, score, seed, round, key, "
        "goals, thresholds, proportion, memory, created_at) VALUES "
        "(?, ?, 'WAITING', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?)",
        id,
        request.dataset,
        request.new_tag_name,
        request.strategy.name,
        selection::to_text(request.strategy.settings),
        request.similar_to,
        request.query,
        request.preselected,
        request.samples,
        request.min_distance,
        request.embedding,
        request.score_type,
        scores_for(database_, request),
        request.seed,
        request.round,
        request.key,
        to_lines(request.strategy.goals),
        to_lines(request.strategy.thresholds),
        request.proportion,
        request.memory,
        now);
    const auto job = database_.last_row();
    for (const auto& type : selection::named_scores(request.strategy))
        database_.run("INSERT INTO job_scores VALUES (?, ?, ?)",
                      job,
                      type,
                      column_for(database_, request, type));
    transaction.commit();
}

std::optional<Job> SqliteStore::job(const JobId& id) {
    Statement row(database_, fmt::format("{}WHERE id = ?", select_jobs));
    if (!row.bind(id).step()) return std::nullopt;
    return read_job(database_, row);
}

std::optional<Job> SqliteStore::find_job(const DatasetId& dataset, std::string_view key) {
    Statement row(database_, fmt::format("{}WHERE dataset = ? AND key = ?", select_jobs));
    if (!row.bind(dataset, key).step()) return std::nullopt;
    return read_job(database_, row);
}

std::vector<Job> SqliteStore::jobs() {
    std::vector<Job> jobs;
    Statement row(database_,
                  fmt::format("{}WHERE id NOT GLOB 'deleted:*' ORDER BY number", select_jobs));
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
                             const JobEnd& end) {
    Transaction transaction(database_);
    const auto number = number_of("jobs", id.text());
    database_.run(
        "UPDATE jobs SET state = 'FINISHED' WHERE number = ? AND state IN ('WAITING', 'RUNNING')",
        number);
    if (database_.changes() == 0) return;
    insert_tag(result);
    database_.run(
        "UPDATE jobs SET result = ?, ending = ?, recall = ?, finished_at = ? WHERE number = ?",
        result.id,
        selection::to_string(end.ending),
        end.recall,
        result.created_at,
        number);
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
