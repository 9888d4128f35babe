#include "server/resources/tags/tag_json.hpp"

#include "server/routing/answers.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace trommel::server {

namespace {

constexpr std::size_t tags_piece_bytes = std::size_t{64} * 1024;

class TagsSource final : public http::BodySource {
public:
    TagsSource(Platform& platform, DatasetId dataset, const std::vector<Tag>& tags)
        : platform_(platform), dataset_(std::move(dataset)) {
        std::size_t words = 0;
        for (const auto& tag : tags) {
            ids_.push_back(tag.id);
            words = std::max(words, tag.mask.words().size());
        }
        const std::size_t mask_and_text = (1 + 2 + 2) * words * sizeof(std::uint64_t);
        held_ = mask_and_text + ids_.size() * sizeof(TagId);
    }

    asio::awaitable<std::string> next() override {
        std::string piece;
        if (ended_) co_return piece;
        if (next_ == 0) piece += '[';
        while (next_ < ids_.size() && piece.size() < tags_piece_bytes) {
            const std::optional<Tag> tag = co_await find(ids_[next_++]);
            if (!tag) continue;
            if (std::exchange(is_later_, true)) piece += ',';
            wire::append_json(piece, *tag);
        }
        ended_ = next_ == ids_.size();
        if (ended_) piece += ']';
        co_return piece;
    }
    std::size_t held() const override { return held_; }

private:
    asio::awaitable<std::optional<Tag>> find(TagId id) {
        try {
            Tag tag = co_await platform_.tag(dataset_, std::move(id));
            co_return tag;
        } catch (const PlatformError& error) {
            if (error.reason() != PlatformError::Reason::not_found) throw;
        }
        co_return std::nullopt;
    }

    Platform& platform_;
    DatasetId dataset_;
    std::vector<TagId> ids_;
    std::size_t held_ = 0;
    std::size_t next_ = 0;
    bool is_later_ = false;  ///< than the first tag
    bool ended_ = false;
};

}  // namespace

http::Response tags_answer(Platform& platform,
                           const DatasetId& dataset,
                           const std::vector<Tag>& tags) {
    http::Response response = json_answer(200, {});
    response.body = http::Body(std::make_unique<TagsSource>(platform, dataset, tags));
    return response;
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
