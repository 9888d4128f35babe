// What the calls of LightlyPlatform share.
#pragma once

#include "platform/lightly/api.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace trommel {

/// Where a dataset's calls begin.
std::string path_of(const DatasetId& dataset);
std::string path_of(const DatasetId& dataset, const TagId& tag);

class LightlyPlatform::Impl {
public:
    Impl(asio::any_io_executor executor, LightlyOptions options, Clock& clock)
        : api(std::move(executor), std::move(options), clock) {}

    asio::awaitable<std::string> text(std::string target);
    /// Of any dataset; asks for it where it is not known.
    asio::awaitable<DatasetId> dataset_of(TagId tag);
    void remember(const Tag& tag) { datasets[tag.id] = tag.dataset; }

    lightly::Api api;
    IoPool io{1};
    std::map<TagId, DatasetId> datasets{};      ///< of the tags that came by
    std::map<JobId, DatasetId> job_datasets{};  ///< of the selections asked for

private:
    asio::awaitable<std::optional<DatasetId>> search(TagId tag);
};

}  // namespace trommel
