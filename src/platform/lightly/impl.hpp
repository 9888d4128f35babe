// What the calls of LightlyPlatform share.
#pragma once

#include "platform/lightly/api.hpp"
#include "platform/lightly/bodies.hpp"
#include "trommel/platform/lightly.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <deque>
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
    /// By DELETE; it may be gone by an earlier try whose answer was lost.
    asio::awaitable<void> remove(std::string target);
    /// Of any dataset; asks for it where it is not known.
    asio::awaitable<DatasetId> dataset_of(TagId tag);
    /// Of a selection asked for here; empty if it was not, or is long ago.
    DatasetId dataset_of(const JobId& job) const;
    void remember(const Tag& tag) { remember(tag.id, tag.dataset); }
    void remember(const TagId& tag, const DatasetId& dataset);
    void remember(const JobId& job, const DatasetId& dataset);

    /// Of a trommel server, where samples are only ever added, so that names of the right number
    /// are the right names.
    void remember(const DatasetId& dataset, lightly::Names names);
    /// Those remembered, if there are no others by now.
    asio::awaitable<lightly::Names> known_names(DatasetId dataset);
    void forget(const DatasetId& dataset);

    lightly::Api api;
    IoPool io{1};
    std::map<TagId, DatasetId> datasets{};      ///< of the tags that came by
    std::map<JobId, DatasetId> job_datasets{};  ///< of the selections asked for

private:
    static constexpr std::size_t most_known = 100'000;  ///< what is forgotten is asked for again
    static constexpr std::size_t most_lists = 4;        ///< of a million names take 50 MB and more

    asio::awaitable<std::optional<DatasetId>> search(TagId tag);

    std::deque<std::pair<DatasetId, lightly::Names>> names_;  ///< newest last
};

}  // namespace trommel
