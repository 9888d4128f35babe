#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "trommel/platform/wire/json.hpp"

#include <utility>

namespace trommel::server {

namespace {

BitMask combined(const std::string& operation, const BitMask& a, const BitMask& b) {
    if (operation == "UNION") return a | b;
    return operation == "INTERSECTION" ? a & b : a - b;
}

asio::awaitable<BitMask> combined_tags(Call& call) {
    co_await known_dataset(call);
    const Tag first = co_await known_tag(call, TagId(call.text("tagId1")));
    const Tag second = co_await known_tag(call, TagId(call.text("tagId2")));
    co_return combined(call.text("operation"), first.mask, second.mask);
}

http::Response mask_answer(const BitMask& mask) {
    std::string json;
    ObjectText(json).add("bitMaskData", mask.to_hex()).end();
    return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> combine(Call& call) {
    BitMask mask = co_await combined_tags(call);
    NewTag tag;
    tag.name = call.text("newTagName");
    if (tag.name.empty()) co_return mask_answer(mask);
    tag.mask = std::move(mask);
    const TagId id = co_await call.services.platform.create_tag(call.dataset(), std::move(tag));
    std::string json;
    ObjectText(json).add("id", id).end();
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> combine_masks(Call& call) {
    const BitMask mask = co_await combined_tags(call);
    co_return mask_answer(mask);
}

}  // namespace

void add_tag_arithmetics(Routes& routes) {
    const Codes codes{.not_found = "TAG_UNKNOWN", .exists = "TAG_NAME_EXISTS"};
    // With a newTagName it answers CreateEntityResponse, else TagBitMaskResponse.
    schema::Schema either{
        {"oneOf",
         {schema::reference("CreateEntityResponse"), schema::reference("TagBitMaskResponse")}}};
    routes.push_back({.method = "POST",
                      .path = "/v1/datasets/{datasetId}/tags/arithmetics",
                      .id = "performTagArithmetics",
                      .summary = "Combines two tags, into a new one if that has a name",
                      .role = Role::write,
                      .request = schema::reference("TagArithmeticsRequest"),
                      .reply = {200, std::move(either)},
                      .codes = codes,
                      .answer = combine});
    routes.push_back({.method = "POST",
                      .path = "/v1/datasets/{datasetId}/tags/arithmetics/bitmask",
                      .id = "performTagArithmeticsBitmask",
                      .summary = "The samples of two tags combined",
                      .role = Role::read,
                      .request = schema::reference("TagArithmeticsRequest"),
                      .reply = {200, schema::reference("TagBitMaskResponse")},
                      .codes = codes,
                      .answer = combine_masks});
}

}  // namespace trommel::server
