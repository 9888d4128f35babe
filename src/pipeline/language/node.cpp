#include "trommel/pipeline/language/node.hpp"

#include "pipeline/language/raw_scalar.hpp"
#include "pipeline/language/source_map.hpp"
#include "trommel/pipeline/language/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel {

struct Node::Data {
    Kind kind = Kind::null;
    Form form = Form::plain;
    bool is_final = false;
    bool is_secret = false;
    Place place{};
    std::uint32_t file = 0;
    std::string text{};
    RawScalar raw{};
    std::vector<Node> items{};
    std::vector<NodeEntry> entries{};
    std::size_t size = 1;
    std::size_t height = 1;

    void count(const Node& child) {
        // A tree of aliases to aliases can reach more nodes than a number holds.
        size = std::max(size, size + child.size());
        height = std::max(height, child.height() + 1);
    }
};

Node::Node(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

Node Node::null(Place place) { return scalar(place, ""); }

Node Node::scalar(Place place, std::string text, Form form) {
    return scalar(place, std::move(text), form, RawScalar{});
}

Node Node::scalar(Place place, std::string text, Form form, RawScalar raw) {
    const bool nothing = form == Form::plain && spells_null(text);
    auto data = std::make_shared<Data>();
    data->kind = nothing ? Kind::null : Kind::scalar;
    data->form = form;
    data->place = place;
    data->file = place.file;
    data->text = std::move(text);
    data->raw = std::move(raw);
    return Node(std::move(data));
}

Node Node::list(Place place, std::vector<Node> items) {
    auto data = std::make_shared<Data>();
    data->kind = Kind::list;
    data->place = place;
    data->file = place.file;
    for (const auto& item : items) data->count(item);
    data->items = std::move(items);
    return Node(std::move(data));
}

Node Node::map(Place place, std::vector<NodeEntry> entries) {
    auto data = std::make_shared<Data>();
    data->kind = Kind::map;
    data->place = place;
    data->file = place.file;
    for (const auto& entry : entries) data->count(entry.value);
    data->entries = std::move(entries);
    return Node(std::move(data));
}

Node::Kind Node::kind() const { return data_->kind; }
const std::string& Node::text() const { return data_->text; }
bool Node::is_quoted() const { return data_->form == Form::quoted; }
std::span<const Node> Node::items() const { return data_->items; }
std::span<const NodeEntry> Node::entries() const { return data_->entries; }
Place Node::place() const { return data_->place; }
std::uint32_t Node::file() const { return data_->file; }
std::size_t Node::size() const { return data_->size; }
std::size_t Node::height() const { return data_->height; }
bool Node::is_final() const { return data_->is_final; }
bool Node::is_secret() const { return data_->is_secret; }

const Node* Node::find(std::string_view key) const {
    const auto& all = data_->entries;
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const NodeEntry& entry) { return entry.key == key; });
    return found == all.end() ? nullptr : &found->value;
}

std::vector<std::string> Node::keys() const {
    std::vector<std::string> keys;
    for (const auto& entry : entries()) keys.push_back(entry.key);
    return keys;
}

Place Node::place_at(std::size_t offset, std::size_t length) const {
    const std::string_view whole = data_->text;
    if (is_final() || offset > whole.size()) return place();
    if (data_->raw.source == nullptr) {
        const auto marked = whole.substr(offset, length);
        return {place().line,
                place().column + count_characters(whole.substr(0, offset)),
                std::max<std::size_t>(1, count_characters(marked)),
                place().file};
    }
    const std::size_t begin = find_in_source(data_->raw, whole, offset);
    const std::size_t last = offset + std::max<std::size_t>(1, length) - 1;
    const std::size_t end = find_in_source(data_->raw, whole, last);
    return data_->raw.source->place(begin, end + 1);
}

Node Node::at(Place place) const {
    auto data = std::make_shared<Data>(*data_);
    data->place = place;
    return Node(std::move(data));
}

Node Node::from_file(std::uint32_t file) const {
    auto data = std::make_shared<Data>(*data_);
    data->file = file;
    return Node(std::move(data));
}

Node Node::as_final() const {
    auto data = std::make_shared<Data>(*data_);
    data->is_final = true;
    return Node(std::move(data));
}

Node Node::as_secret() const {
    auto data = std::make_shared<Data>(*data_);
    data->is_secret = true;
    return Node(std::move(data));
}

std::string describe(const Node& node) {
    constexpr std::size_t shown = 40;
    if (node.is_secret()) return "a secret";
    if (node.is_list()) return "a list";
    if (node.is_map()) return "a map";
    if (node.is_null()) return "nothing";
    if (node.text().size() <= shown) return fmt::format("'{}'", node.text());
    const std::string_view text = node.text();
    std::size_t cut = shown;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    return fmt::format("'{}...'", text.substr(0, cut));
}

}  // namespace trommel
