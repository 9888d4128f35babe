// Datasets, samples and tags.
#include "trommel/platform/lightly.hpp"

#include "platform/lightly/answers.hpp"
#include "platform/lightly/impl.hpp"
#include "platform/lightly/streams.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
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

constexpr std::size_t page_size = 25'000;     ///< as Lightly's own clients since 1.5
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
    return boost::json::serialize(boost::json::object{{"fileNames", std::move(batch)}});
}

std::string tag_json(const NewTag& tag, const TagId& previous, std::size_t total) {
    return boost::json::serialize(boost::json::object{{"name", tag.name},
                                                      {"prevTagId", previous.text()},
                                                      {"bitMaskData", tag.mask.to_hex()},
                                                      {"totSize", total},
                                                      {"creator", "USER_PIP"}});
}

const Tag* find_named(const std::vector<Tag>& tags, const std::string& name) {
    const auto found =
        std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.name == name; });
    return found == tags.end() ? nullptr : &*found;
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
    datasets[tag] = *dataset;
    co_return *dataset;
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

asio::awaitable<DatasetId> LightlyPlatform::create_dataset(std::string name) {
    Call call = lightly::post(
        "/v1/datasets",
        boost::json::serialize(boost::json::object{{"name", name}, {"type", "Images"}}));
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
                                  boost::json::serialize(boost::json::object{{"fileName", name}}));
        co_await impl_->api.send(std::move(call));
    }
}

asio::awaitable<std::shared_ptr<const std::vector<std::string>>> LightlyPlatform::mappings(
    DatasetId dataset) {
    const auto names = std::make_shared<std::vector<std::string>>();
    const auto target = path_of(dataset) + "/mappings?field=fileName";
    const bool is_trommel = co_await impl_->api.is_trommel();
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
        if (is_last) co_return names;
    }
}

asio::awaitable<TagId> LightlyPlatform::create_initial_tag(DatasetId dataset) {
    Call call = lightly::post(path_of(dataset) + "/tags/initial",
                              R"({"imgType":"meta","creator":"USER_PIP"})");
    try {
        const Reply reply = co_await impl_->api.send(std::move(call));
        TagId id(lightly::id_of(reply.text));
        impl_->datasets[id] = dataset;
        co_return id;
    } catch (const Refused& refused) {
        if (!refused.may_be_own(Reason::exists)) throw;
    }
    const auto own = co_await find_tag(dataset, "initial-tag");
    if (!own) throw PlatformError(Reason::exists, "the dataset has an initial tag already");
    co_return own->id;
}

asio::awaitable<TagId> LightlyPlatform::create_tag(DatasetId dataset, NewTag tag) {
    std::optional<TagId> previous = tag.previous;
    if (!previous) {
        const auto initial = co_await find_tag(dataset, "initial-tag");
        if (!initial)
            throw PlatformError(Reason::not_found,
                                "the dataset has no initial-tag yet; add samples and make it");
        previous = initial->id;
    }
    const Dataset whole = co_await this->dataset(dataset);
    Call call =
        lightly::post(path_of(dataset) + "/tags", tag_json(tag, *previous, whole.sample_count));
    std::exception_ptr taken;
    try {
        const Reply reply = co_await impl_->api.send(std::move(call));
        TagId id(lightly::id_of(reply.text));
        impl_->datasets[id] = dataset;
        co_return id;
    } catch (const Refused& refused) {
        if (refused.reason() != Reason::exists) throw;
        taken = std::current_exception();
    }
    const auto there = co_await find_tag(dataset, tag.name);
    if (!there || there->mask != tag.mask || there->previous != previous)
        std::rethrow_exception(taken);
    co_return there->id;
}

asio::awaitable<Tag> LightlyPlatform::tag(DatasetId dataset, TagId id) {
    const std::string json = co_await impl_->text(path_of(dataset, id));
    Tag tag = lightly::tag_of(json, dataset);
    impl_->remember(tag);
    co_return tag;
}

asio::awaitable<std::optional<Tag>> LightlyPlatform::find_tag(DatasetId dataset, std::string name) {
    const bool is_trommel = co_await impl_->api.is_trommel();
    std::string target = path_of(dataset) + "/tags";
    if (is_trommel)
        target = "/v1/trommel/datasets/" + encoded(dataset.text()) + "/tags?name=" + encoded(name);
    const std::string json = co_await impl_->text(std::move(target));
    const std::vector<Tag> all = lightly::tags_of(json, dataset);
    for (const auto& tag : all) impl_->remember(tag);
    const Tag* const found = find_named(all, name);
    if (found == nullptr) co_return std::nullopt;
    co_return *found;
}

asio::awaitable<std::vector<Tag>> LightlyPlatform::tags(DatasetId dataset) {
    const std::string json = co_await impl_->text(path_of(dataset) + "/tags");
    std::vector<Tag> all = lightly::tags_of(json, dataset);
    std::stable_sort(all.begin(), all.end(), [](const Tag& a, const Tag& b) {
        return a.created_at < b.created_at;
    });
    for (const auto& tag : all) impl_->remember(tag);
    co_return all;
}

asio::awaitable<void> LightlyPlatform::delete_tag(DatasetId dataset, TagId id) {
    Call call = lightly::get(path_of(dataset, id));
    call.method = "DELETE";
    try {
        co_await impl_->api.send(std::move(call));
    } catch (const Refused& refused) {
        if (!refused.may_be_own(Reason::not_found)) throw;
    }
    impl_->datasets.erase(id);
}

asio::awaitable<void> LightlyPlatform::flush() {
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (!is_trommel) co_return;
    Call call = lightly::post("/v1/trommel/flush", "{}");
    co_await impl_->api.send(std::move(call));
}

}  // namespace trommel
