#include "server/resources/tag_json.hpp"

#include "server/wire/api_error.hpp"
#include "server/wire/json_text.hpp"
#include "trommel/core/text.hpp"

#include <algorithm>

namespace trommel::server {

void append_tag(std::string& out, const Tag& tag) {
    ObjectText(out)
        .add("id", tag.id)
        .add("datasetId", tag.dataset)
        .add_nullable("prevTagId", tag.previous)
        .add("name", tag.name)
        .add("bitMaskData", tag.mask.to_hex())
        .add("totSize", tag.total)
        .add("createdAt", tag.created_at)
        .add("queryTagId", tag.query)
        .add("preselectedTagId", tag.preselected)
        .end();
}

BitMask parse_mask(std::string_view text) {
    std::string digits(trim(text));
    std::erase(digits, '_');
    try {
        return BitMask::from_hex(digits);
    } catch (const DataError& error) {
        throw ApiError(422, "MALFORMED_REQUEST", error.what());
    }
}

}  // namespace trommel::server
