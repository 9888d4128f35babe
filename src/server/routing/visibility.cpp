#include "server/routing/visibility.hpp"

#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"

#include <fmt/format.h>

namespace trommel::server {

namespace {

/// The dataset that the path is about; none if it is about none.
asio::awaitable<std::optional<DatasetId>> dataset_of(Call& call) {
    auto& platform = call.services.platform;
    if (call.has_parameter("datasetId")) {
        const Dataset dataset = co_await platform.dataset(call.dataset());
        co_return dataset.id;
    }
    if (call.has_parameter("tagId")) {
        const Tag tag = co_await platform.tag(call.tag());
        co_return tag.dataset;
    }
    if (call.has_parameter("jobId")) {
        const JobStatus job = co_await platform.job(JobId(call.parameter("jobId")));
        co_return job.dataset;
    }
    co_return std::nullopt;
}

/// As the platform words it for what there is not.
[[noreturn]] void refuse_unseen(const Call& call) {
    if (call.has_parameter("datasetId"))
        throw ApiError(404,
                       "DATASET_UNKNOWN",
                       fmt::format("there is no dataset with id '{}'; find it by its name",
                                   call.parameter("datasetId")));
    if (call.has_parameter("tagId"))
        throw PlatformError(PlatformError::Reason::not_found,
                            fmt::format("there is no tag with id '{}'; list the dataset's tags for "
                                        "those there are",
                                        call.parameter("tagId")));
    throw PlatformError(PlatformError::Reason::not_found,
                        fmt::format("there is no job with id '{}'", call.parameter("jobId")));
}

}  // namespace

bool may_see(const Call& call, const DatasetId& dataset) {
    return call.services.teams.may_see(call.caller, dataset);
}

asio::awaitable<void> check_visible(Call& call) {
    if (call.caller.role == Role::admin || call.services.teams.empty()) co_return;
    bool is_visible = false;
    try {
        const auto dataset = co_await dataset_of(call);
        is_visible = !dataset || may_see(call, *dataset);
    } catch (const PlatformError& error) {
        if (error.reason() != PlatformError::Reason::not_found) throw;
    }
    if (!is_visible) refuse_unseen(call);
}

}  // namespace trommel::server
