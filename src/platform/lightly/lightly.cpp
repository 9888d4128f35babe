// Datasets and samples.
#include "trommel/platform/lightly.hpp"

#include "platform/lightly/answers.hpp"
#include "platform/lightly/impl.hpp"
#include "platform/lightly/streams.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace trommel {

using Reason = PlatformError::Reason;
using lightly::Call;
using lightly::Refused;
using lightly::Reply;

namespace {

constexpr std::size_t page_size = 25'000;  ///< as Lightly's own clients since 1.5
constexpr std::size_t datasets_a_page = 5000;
constexpr std::size_t names_a_call = 50'000;  ///< of a trommel server
constexpr std::size_t bytes_a_call = 8 << 20;

std::string encoded(const std::string& text) { return http::percent_encoded(text); }

/// Before anything is sent, because a call may be cut into several.
void check_names(const std::vector<std::string>& names) {
    std::unordered_set<std::string_view> seen;
    for (const auto& name : names) {
        if (name.empty())
            throw PlatformError(Reason::invalid, "the name of a sample has at least one character");
        if (!seen.insert(name).second)
            throw PlatformError(Reason::invalid,
                                fmt::format("sample '{}' is named twice in one call", name));
    }
}

/// From `at` on, as many as one call takes; moves `at` behind them.
std::string next_names(const std::vector<std::string>& names, std::size_t& at) {
    boost::json::array batch;
    std::size_t bytes = 0;
    for (; at < names.size() && batch.size() < names_a_call && bytes < bytes_a_call; ++at) {
        batch.emplace_back(names[at]);
        bytes += names[at].size();
    }
    return json_text(boost::json::object{{"fileNames", std::move(batch)}});
}

/// Reads a list of texts behind those that are there.
lightly::ReadBody into(std::vector<std::string>& names) {
    return [&names](http::Body& body) -> asio::awaitable<void> {
        lightly::TextList list;
        while (true) {
            const std::string piece = co_await body.next();
            if (piece.empty()) break;
            list.read(piece);
        }
        names = list.finish();
    };
}

}  // namespace

std::string path_of(const DatasetId& dataset) { return "/v1/datasets/" + encoded(dataset.text()); }

std::string path_of(const DatasetId& dataset, const TagId& tag) {
    return path_of(dataset) + "/tags/" + encoded(tag.text());
}

asio::awaitable<std::string> LightlyPlatform::Impl::text(std::string target) {
    Call call = lightly::get(std::move(target));
    Reply reply = co_await api.send(std::move(call));
    co_return std::move(reply.text);
}

asio::awaitable<DatasetId> LightlyPlatform::Impl::dataset_of(TagId tag) {
    if (const auto known = datasets.find(tag); known != datasets.end()) co_return known->second;
    const bool is_trommel = co_await api.is_trommel();
    if (is_trommel) {
        const std::string json = co_await text("/v1/trommel/tags/" + encoded(tag.text()));
        const Tag found = lightly::tag_of(json, {});
        remember(found);
        co_return found.dataset;
    }
    const auto dataset = co_await search(tag);
    if (!dataset)
        throw PlatformError(Reason::not_found, fmt::format("there is no tag '{}'", tag.text()));
    remember(tag, *dataset);
    co_return *dataset;
}

asio::awaitable<void> LightlyPlatform::Impl::remove(std::string target) {
    Call call = lightly::get(std::move(target));
    call.method = "DELETE";
    try {
        co_await api.send(std::move(call));
    } catch (const Refused& refused) {
        if (!refused.may_be_own(Reason::not_found)) throw;
    }
}

DatasetId LightlyPlatform::Impl::dataset_of(const JobId& job) const {
    const auto known = job_datasets.find(job);
    return known == job_datasets.end() ? DatasetId() : known->second;
}

void LightlyPlatform::Impl::remember(const TagId& tag, const DatasetId& dataset) {
    if (datasets.size() >= most_known) datasets.clear();
    datasets[tag] = dataset;
}

void LightlyPlatform::Impl::remember(const JobId& job, const DatasetId& dataset) {
    if (job_datasets.size() >= most_known) job_datasets.clear();
    job_datasets[job] = dataset;
}

void LightlyPlatform::Impl::remember(const DatasetId& dataset, lightly::Names names) {
    forget(dataset);
    names_.emplace_back(dataset, std::move(names));
    if (names_.size() > most_lists) names_.pop_front();
}

asio::awaitable<lightly::Names> LightlyPlatform::Impl::known_names(DatasetId dataset) {
    const auto known = std::find_if(
        names_.begin(), names_.end(), [&](const auto& entry) { return entry.first == dataset; });
    if (known == names_.end()) co_return nullptr;
    lightly::Names names = known->second;
    const std::string json = co_await text(path_of(dataset));
    if (lightly::dataset_of(json).sample_count != names->size()) names = nullptr;
    co_return names;
}

void LightlyPlatform::Impl::forget(const DatasetId& dataset) {
    std::erase_if(names_, [&](const auto& entry) { return entry.first == dataset; });
}

/// Lightly has tags in datasets only.
asio::awaitable<std::optional<DatasetId>> LightlyPlatform::Impl::search(TagId tag) {
    const std::string json = co_await text("/v1/datasets");
    for (const auto& dataset : lightly::datasets_of(json)) {
        try {
            co_await text(path_of(dataset.id, tag));
            co_return dataset.id;
        } catch (const Refused& refused) {
            if (refused.reason() != Reason::not_found) throw;
        }
    }
    co_return std::nullopt;
}

LightlyPlatform::LightlyPlatform(asio::any_io_executor executor,
                                 LightlyOptions options,
                                 Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options), clock)) {}

LightlyPlatform::~LightlyPlatform() = default;

asio::awaitable<void> LightlyPlatform::reach() {
    try {
        lightly::Call call = lightly::get("/v1/versions/pip/minimum");
        const lightly::Reply reply = co_await impl_->api.send(std::move(call));
    } catch (const lightly::Refused& refused) {
        if (refused.reason() == PlatformError::Reason::unusable) throw;
        // It is there, and says no.
    }
}

void LightlyPlatform::use_token(std::string token) { impl_->api.use_token(std::move(token)); }

asio::awaitable<DatasetId> LightlyPlatform::create_dataset(std::string name) {
    Call call = lightly::post("/v1/datasets",
                              json_text(boost::json::object{{"name", name}, {"type", "Images"}}));
    try {
        const Reply reply = co_await impl_->api.send(std::move(call));
        co_return DatasetId(lightly::id_of(reply.text));
    } catch (const Refused& refused) {
        if (!refused.may_be_own(Reason::exists)) throw;
    }
    const auto own = co_await find_dataset(name);
    if (!own) throw PlatformError(Reason::exists, fmt::format("'{}' is taken", name));
    co_return own->id;
}

asio::awaitable<std::optional<Dataset>> LightlyPlatform::find_dataset(std::string name) {
    if (name.empty()) co_return std::nullopt;
    std::string json;
    try {
        json = co_await impl_->text("/v1/datasets/query/name/" + encoded(name) + "?exact=true");
    } catch (const Refused& refused) {
        if (refused.reason() != Reason::not_found) throw;
        json = "[]";
    }
    for (auto& dataset : lightly::datasets_of(json))
        if (dataset.name == name) co_return std::move(dataset);
    co_return std::nullopt;
}

asio::awaitable<Dataset> LightlyPlatform::dataset(DatasetId id) {
    const std::string json = co_await impl_->text(path_of(id));
    co_return lightly::dataset_of(json);
}

asio::awaitable<std::vector<Dataset>> LightlyPlatform::datasets() {
    std::vector<Dataset> all;
    while (true) {
        const std::string json = co_await impl_->text(
            fmt::format("/v1/datasets?pageSize={}&pageOffset={}", datasets_a_page, all.size()));
        std::vector<Dataset> page = lightly::datasets_of(json);
        // Servers that know no pages give all at once, again and again.
        const bool is_again = !all.empty() && !page.empty() && page.front().id == all.front().id;
        if (is_again) break;
        std::move(page.begin(), page.end(), std::back_inserter(all));
        if (page.size() != datasets_a_page) break;
    }
    std::stable_sort(all.begin(), all.end(), [](const Dataset& a, const Dataset& b) {
        return a.created_at < b.created_at;
    });
    co_return all;
}

asio::awaitable<void> LightlyPlatform::rename_dataset(DatasetId id, std::string name) {
    Call call = lightly::post(path_of(id), json_text(boost::json::object{{"name", name}}));
    call.method = "PUT";
    co_await impl_->api.send(std::move(call));
}

asio::awaitable<void> LightlyPlatform::delete_dataset(DatasetId id) {
    co_await impl_->remove(path_of(id) + "?force=true");
    impl_->forget(id);
}

asio::awaitable<void> LightlyPlatform::add_samples(DatasetId dataset,
                                                   std::vector<std::string> names) {
    check_names(names);
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (is_trommel) {
        const auto path = "/v1/trommel/datasets/" + encoded(dataset.text()) + "/samples";
        for (std::size_t at = 0; at < names.size();) {
            Call call = lightly::post(path, next_names(names, at));
            co_await impl_->api.send(std::move(call));
        }
        co_return;
    }
    const auto there = co_await mappings(dataset);
    const std::unordered_set<std::string_view> known(there->begin(), there->end());
    for (const auto& name : names) {
        if (known.contains(name)) continue;
        Call call = lightly::post(path_of(dataset) + "/samples",
                                  json_text(boost::json::object{{"fileName", name}}));
        co_await impl_->api.send(std::move(call));
    }
}

asio::awaitable<std::shared_ptr<const std::vector<std::string>>> LightlyPlatform::mappings(
    DatasetId dataset) {
    const auto names = std::make_shared<std::vector<std::string>>();
    const auto target = path_of(dataset) + "/mappings?field=fileName";
    const bool is_trommel = co_await impl_->api.is_trommel();
    const auto known = co_await impl_->known_names(dataset);
    if (known) co_return known;
    while (true) {
        std::vector<std::string> page;
        Call call = lightly::get(target);
        if (!is_trommel)
            call.target += fmt::format("&pageSize={}&pageOffset={}", page_size, names->size());
        call.read = into(page);
        co_await impl_->api.send(std::move(call));
        // Servers that know no pages give all at once, again and again.
        const bool is_again = !names->empty() && !page.empty() && page.front() == names->front();
        if (is_again) co_return names;
        const bool is_last = is_trommel || page.size() != page_size;
        std::move(page.begin(), page.end(), std::back_inserter(*names));
        if (is_last) break;
    }
    if (is_trommel) impl_->remember(dataset, names);
    co_return names;
}

asio::awaitable<std::optional<SampleIndex>> LightlyPlatform::find_sample(DatasetId dataset,
                                                                         std::string name) {
    const std::string json =
        co_await impl_->text(path_of(dataset) + "/samples?fileName=" + encoded(name));
    const lightly::FoundSample found = lightly::found_sample_of(json, name);
    if (!found.is_there || found.index) co_return found.index;
    const auto names = co_await mappings(dataset);
    const auto place = std::find(names->begin(), names->end(), name);
    if (place == names->end()) co_return std::nullopt;
    co_return static_cast<SampleIndex>(place - names->begin());
}

asio::awaitable<std::optional<std::string>> LightlyPlatform::sample_name(DatasetId dataset,
                                                                         SampleIndex sample) {
    std::vector<std::string> page;
    Call call = lightly::get(fmt::format(
        "{}/mappings?field=fileName&pageSize=1&pageOffset={}", path_of(dataset), sample));
    call.read = into(page);
    co_await impl_->api.send(std::move(call));
    // Servers that know no pages give all.
    const std::size_t place = page.size() > 1 ? sample : 0;
    if (place >= page.size()) co_return std::nullopt;
    co_return std::move(page[place]);
}

asio::awaitable<void> LightlyPlatform::flush() {
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (!is_trommel) co_return;
    Call call = lightly::post("/v1/trommel/flush", "{}");
    co_await impl_->api.send(std::move(call));
}

}  // namespace trommel
