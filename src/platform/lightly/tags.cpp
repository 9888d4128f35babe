// Tags.
#include "platform/lightly/answers.hpp"
#include "platform/lightly/impl.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

namespace trommel {

using Reason = PlatformError::Reason;
using lightly::Call;
using lightly::Refused;
using lightly::Reply;

namespace {

std::string tag_json(const NewTag& tag, const TagId& previous, std::size_t total) {
    return json_text(boost::json::object{{"name", tag.name},
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

}  // namespace

asio::awaitable<TagId> LightlyPlatform::create_initial_tag(DatasetId dataset) {
    Call call = lightly::post(path_of(dataset) + "/tags/initial",
                              R"({"imgType":"meta","creator":"USER_PIP"})");
    try {
        const Reply reply = co_await impl_->api.send(std::move(call));
        TagId id(lightly::id_of(reply.text));
        impl_->remember(id, dataset);
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
        impl_->remember(id, dataset);
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

asio::awaitable<Tag> LightlyPlatform::tag(TagId id) {
    const bool is_trommel = co_await impl_->api.is_trommel();
    if (!is_trommel) {
        const DatasetId dataset = co_await impl_->dataset_of(id);
        co_return co_await tag(dataset, id);
    }
    const std::string json =
        co_await impl_->text("/v1/trommel/tags/" + http::percent_encoded(id.text()));
    Tag tag = lightly::tag_of(json, {});
    impl_->remember(tag);
    co_return tag;
}

asio::awaitable<std::optional<Tag>> LightlyPlatform::find_tag(DatasetId dataset, std::string name) {
    const bool is_trommel = co_await impl_->api.is_trommel();
    std::string target = path_of(dataset) + "/tags";
    if (is_trommel)
        target = "/v1/trommel/datasets/" + http::percent_encoded(dataset.text()) +
                 "/tags?name=" + http::percent_encoded(name);
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

asio::awaitable<void> LightlyPlatform::change_tag(DatasetId dataset,
                                                  TagId id,
                                                  std::string name,
                                                  std::optional<BitMask> mask) {
    boost::json::object json{{"name", name}, {"updateCreator", "USER_PIP"}};
    if (mask) json["bitMaskData"] = mask->to_hex();
    Call call = lightly::post(path_of(dataset, id), json_text(json));
    call.method = "PUT";
    co_await impl_->api.send(std::move(call));
}

asio::awaitable<TagId> LightlyPlatform::grow_tags(DatasetId dataset, std::string name) {
    Call call = lightly::post(
        path_of(dataset) + "/tags/upsize",
        json_text(boost::json::object{{"upsizeTagName", name}, {"upsizeTagCreator", "USER_PIP"}}));
    std::exception_ptr taken;
    try {
        const Reply reply = co_await impl_->api.send(std::move(call));
        TagId id(lightly::id_of(reply.text));
        impl_->remember(id, dataset);
        co_return id;
    } catch (const Refused& refused) {
        if (!refused.may_be_own(Reason::exists)) throw;
        taken = std::current_exception();
    }
    const auto own = co_await find_tag(dataset, name);
    if (!own) std::rethrow_exception(taken);
    co_return own->id;
}

asio::awaitable<void> LightlyPlatform::delete_tag(DatasetId dataset, TagId id) {
    co_await impl_->remove(path_of(dataset, id));
    impl_->datasets.erase(id);
}

}  // namespace trommel
