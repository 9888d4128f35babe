#include "trommel/http/message.hpp"

#include "http/token.hpp"
#include "trommel/http/message_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel::http {

asio::awaitable<std::string> Body::next() {
    if (!source_) co_return std::exchange(text_, {});
    std::string piece = co_await source_->next();
    co_return piece;
}

asio::awaitable<std::string> Body::read_all(std::uint64_t limit) {
    std::string all;
    while (true) {
        const std::string piece = co_await next();
        if (piece.empty()) co_return all;
        if (all.size() + piece.size() > limit) {
            throw MessageError(413, fmt::format("the body is larger than {} bytes", limit));
        }
        if (source_) source_->keep(piece.size());
        all += piece;
    }
}

std::string_view Headers::get(std::string_view name) const {
    const auto field = std::find_if(
        begin(), end(), [&](const Field& each) { return same_token(each.name, name); });
    return field == end() ? std::string_view{} : std::string_view(field->value);
}

bool Headers::has(std::string_view name) const {
    return std::any_of(
        begin(), end(), [&](const Field& each) { return same_token(each.name, name); });
}

void Headers::add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
}

void Headers::set(std::string_view name, std::string value) {
    std::erase_if(fields_, [&](const Field& each) { return same_token(each.name, name); });
    add(std::string(name), std::move(value));
}

}  // namespace trommel::http
