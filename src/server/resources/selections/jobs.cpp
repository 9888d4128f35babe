#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/routing/visibility.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace trommel::server {

namespace {

JobId id_of(const Call& call) { return JobId(call.parameter("jobId")); }

/// Whole seconds and at least 1: clients turn anything less into a loop without a pause.
std::int64_t seconds_to_wait(const JobStatus& status) {
    using std::chrono::seconds;
    return std::max<std::int64_t>(1, std::chrono::ceil<seconds>(status.poll_after).count());
}

/// When trommel's own client asks again, which may be sooner.
void add_hint(http::Response& response, const JobStatus& status) {
    response.headers.add("Trommel-Poll-After", std::to_string(status.poll_after.count()));
}

/// The job, its error without the paths of this machine.
asio::awaitable<JobStatus> status_of(Call& call) {
    JobStatus status = co_await call.services.platform.job(id_of(call));
    if (!status.error.empty()) status.error = call.services.paths.removed_from(status.error);
    co_return status;
}

/// How many samples it has chosen of those it is to choose, where that is known.
std::optional<wire::JobMeta> meta_of(const JobStatus& status) {
    const auto& [picks, wanted] = status.progress;
    if (!wanted && status.state != JobState::finished) return std::nullopt;
    return wire::JobMeta{.total = wanted.value_or(picks), .processed = picks};
}

template <typename Record>
http::Response answer(const Record& record, const JobStatus& status) {
    auto response = json_answer(200, wire::to_json(record));
    add_hint(response, status);
    return response;
}

asio::awaitable<http::Response> get_job(Call& call) {
    const JobStatus status = co_await status_of(call);
    wire::LightlyJob job{.id = status.id,
                         .state = status.state,
                         .seconds_to_wait = static_cast<double>(seconds_to_wait(status)),
                         .created_at = status.created_at,
                         .changed_at = status.finished_at.value_or(status.created_at),
                         .finished_at = status.finished_at,
                         .dataset = status.dataset,
                         .error = status.error,
                         .meta = meta_of(status)};
    if (status.result) job.result.emplace().tag = status.result;
    co_return answer(job, status);
}

asio::awaitable<http::Response> get_jobs(Call& call) {
    auto jobs = co_await call.services.platform.jobs();
    std::erase_if(jobs, [&](const ListedJob& each) { return !may_see(call, each.dataset); });
    const auto shared = std::make_shared<std::vector<ListedJob>>(std::move(jobs));
    WriteRow write = [shared](std::string& out, std::size_t i) {
        wire::append_json(out, wire::JobsData{.job = (*shared)[i]});
    };
    const auto held = shared->size() * sizeof(ListedJob);
    co_return rows_answer(shared->size(), std::move(write), {}, held);
}

asio::awaitable<http::Response> get_whole_job(Call& call) {
    const JobStatus status = co_await status_of(call);
    co_return answer(status, status);
}

using Picks = std::shared_ptr<const std::vector<Pick>>;

/// What a finished job chose never changes. In memory once for all who read it at the same time;
/// `held` is for whom it was brought.
asio::awaitable<Picks> shared_picks(Call& call, std::size_t& held) {
    auto& all = call.services.shared.picks;
    const auto key = "picks " + call.parameter("jobId");
    const KeyedLock::Lock lock = co_await call.services.locks.take(key);
    if (auto known = all.find(key)) co_return known;
    auto picks = co_await call.services.platform.picks(id_of(call));
    held = picks.size() * sizeof(Pick);
    co_return all.add(key, std::move(picks));
}

asio::awaitable<http::Response> get_picks(Call& call) {
    std::size_t held = 0;
    const Picks shared = co_await shared_picks(call, held);
    const JobStatus status = co_await call.services.platform.job(id_of(call));
    const auto names = co_await call.services.platform.mappings(status.dataset);
    WriteRow write = [shared, names](std::string& out, std::size_t i) {
        const auto& pick = (*shared)[i];
        wire::append_json(out, wire::NamedPick{.file_name = names->at(pick.sample), .pick = pick});
    };
    co_return rows_answer(shared->size(), std::move(write), {}, held);
}

asio::awaitable<http::Response> cancel_job(Call& call) {
    co_await call.services.platform.cancel_job(id_of(call));
    co_return done();
}

// NOLINTNEXTLINE(readability-function-size): a row of the table below
Route route(const char* method,
            const char* path,
            const char* id,
            const char* summary,
            Reply reply,
            decltype(Route::answer) answer) {
    return {.method = method,
            .path = path,
            .id = id,
            .summary = summary,
            .reply = std::move(reply),
            .codes = {.not_found = "JOB_UNKNOWN"},
            .answer = answer};
}

}  // namespace

void add_jobs(Routes& routes) {
    constexpr auto own = "/v1/trommel/jobs/{jobId}";
    routes.push_back(route("GET",
                           "/v1/jobs",
                           "getJobs",
                           "All jobs, oldest first",
                           {200, schema::list(schema::reference("JobsData"))},
                           get_jobs));
    routes.push_back(route("GET",
                           "/v1/jobs/{jobId}",
                           "getJobStatusById",
                           "How far a job is",
                           {200, schema::reference("JobStatusData")},
                           get_job));
    routes.push_back(
        route("GET",
              own,
              "trommelGetJob",
              "The same with the number of picks; header Trommel-Poll-After in microseconds",
              {200, schema::reference("TrommelJob")},
              get_whole_job));
    routes.push_back(route("DELETE",
                           own,
                           "trommelCancelJob",
                           "Ends a job as failed; nothing happens to one that has ended",
                           {200},
                           cancel_job));
    routes.back().role = Role::write;
    routes.push_back(route("GET",
                           "/v1/trommel/jobs/{jobId}/picks",
                           "trommelGetPicks",
                           "What a finished job chose, in the order of choosing",
                           {200, schema::list(schema::reference("TrommelPick"))},
                           get_picks));
}

}  // namespace trommel::server
