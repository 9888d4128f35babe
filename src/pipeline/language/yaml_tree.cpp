#include "pipeline/language/yaml_tree.hpp"

#include "pipeline/language/raw_scalar.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

namespace trommel {
namespace {

using Type = YamlEvent::Type;
using Style = YamlEvent::Style;

constexpr std::string_view core_tag_prefix = "tag:yaml.org,2002:";

RawScalar::Quotes quotes_of(Style style) {
    if (style == Style::single_quoted) return RawScalar::Quotes::single_quoted;
    if (style == Style::double_quoted) return RawScalar::Quotes::double_quoted;
    return RawScalar::Quotes::none;
}

/// Where the event is written, with the quotes or the star that its mark leaves out.
ByteRange written_range(const YamlEvent& event) {
    const std::size_t quote = quotes_of(event.style) == RawScalar::Quotes::none ? 0 : 1;
    const std::size_t star = event.type == Type::alias ? 1 : 0;
    return {event.at->begin - quote - star, event.at->end + quote};
}

/// `!!int` for the tag of that name, others as they are.
std::string short_tag(const std::string& tag) {
    if (!tag.starts_with(core_tag_prefix)) return tag;
    return "!!" + tag.substr(core_tag_prefix.size());
}

/// True when a plain `text` is what the scalar tag `tag` promises.
bool keeps_promise(std::string_view tag, std::string_view text) {
    const auto value = resolve_scalar(text, false);
    const bool whole = std::holds_alternative<std::int64_t>(value);
    if (tag == "!!null") return std::holds_alternative<std::monostate>(value);
    if (tag == "!!bool") return std::holds_alternative<bool>(value);
    if (tag == "!!int") return whole;
    return whole || std::holds_alternative<double>(value);
}

std::optional<Diagnostic> objection_to_key(const std::string& key, Node::Form form) {
    const bool is_plain = form == Node::Form::plain;
    if (key == "<<" && is_plain)
        return Diagnostic{.code = "merge-key",
                          .message = "the merge key '<<' is not supported",
                          .hint = "write out the keys that it would merge"};
    if (key.empty() && is_plain)
        return Diagnostic{
            .code = "missing-key", .message = "a key is missing", .hint = "write 'key: value'"};
    if (key.find("${") != std::string::npos)
        return Diagnostic{.code = "reference-in-key",
                          .message = "a key cannot hold a reference",
                          .hint = "use references in values only"};
    return std::nullopt;
}

}  // namespace

void TreeBuilder::take(const YamlEvent& event) {
    if (event.type == Type::scalar) take_scalar(event);
    if (event.type == Type::alias) take_alias(event);
    if (event.type == Type::begin_map || event.type == Type::begin_list) begin(event);
    if (event.type == Type::end) end();
    if (event.at) read_until_ = std::max(read_until_, event.at->end);
}

std::optional<OpenBracket> TreeBuilder::open_bracket() const {
    for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
        const auto text = source_->text().substr(open->begin);
        if (text.starts_with('{') || text.starts_with('['))
            return OpenBracket{text.front(), open->place.line, open->place.column};
    }
    return std::nullopt;
}

void TreeBuilder::take_scalar(const YamlEvent& event) {
    check_tabs(event);
    count(1, place_of(event));
    const auto form = form_of(event);
    if (awaits_key()) return take_key(event, form);
    RawScalar raw;
    if (event.at) raw = {source_, event.at->begin, event.at->end, quotes_of(event.style)};
    attach(Node::scalar(place_of(event), event.text, form, std::move(raw)), event.anchor);
}

void TreeBuilder::take_key(const YamlEvent& event, Node::Form form) {
    const auto place = place_of(event);
    if (!event.anchor.empty())
        anchors_.insert_or_assign(event.anchor, Node::scalar(place, event.text, form));
    auto objection = objection_to_key(event.text, form);
    if (!objection) objection = objection_to_repetition(event.text, place);
    open_.back().key = Key{event.text, place, !objection};
    if (!objection) return;
    objection->place = place;
    diagnostics_.add(*std::move(objection));
}

std::optional<Diagnostic> TreeBuilder::objection_to_repetition(const std::string& key,
                                                               Place place) {
    const auto [first, is_new] = open_.back().seen.emplace(key, place);
    if (is_new) return std::nullopt;
    return Diagnostic{
        .code = "duplicate-key",
        .message = fmt::format("the key '{}' appears here a second time", key),
        .hint = fmt::format("the first is in line {}; keep one of them", first->second.line)};
}

void TreeBuilder::take_alias(const YamlEvent& event) {
    check_tabs(event);
    const auto place = place_of(event);
    if (awaits_key()) {
        say_not_a_key(place, "an alias");
        open_.back().key = Key{.is_kept = false};
        return;
    }
    const auto is_referred = [&](const Open& open) { return open.anchor == event.text; };
    if (std::any_of(open_.begin(), open_.end(), is_referred))
        abandon(place, "alias-loop", fmt::format("'*{}' appears within itself", event.text));
    const auto target = anchors_.find(event.text);
    if (target == anchors_.end()) return attach_unknown_alias(event.text, place);
    count(target->second.size(), place);
    if (open_.size() + target->second.height() > max_yaml_depth) refuse_depth(place);
    attach(target->second, "");
}

void TreeBuilder::begin(const YamlEvent& event) {
    const auto place = place_of(event);
    const bool is_map = event.type == Type::begin_map;
    check_container_tag(event, is_map ? "!!map" : "!!seq");
    count(1, place);
    if (open_.size() >= max_yaml_depth) refuse_depth(place);
    const bool is_key = awaits_key();
    if (is_key) say_not_a_key(place, is_map ? "a map" : "a list");
    open_.push_back({.is_map = is_map,
                     .is_key = is_key,
                     .place = place,
                     .begin = event.at ? event.at->begin : read_until_,
                     .anchor = event.anchor});
}

void TreeBuilder::end() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.is_key) {
        open_.back().key = Key{.is_kept = false};
        return;
    }
    attach(done.is_map ? Node::map(done.place, std::move(done.entries))
                       : Node::list(done.place, std::move(done.items)),
           done.anchor);
}

void TreeBuilder::attach(Node node, const std::string& anchor) {
    if (!anchor.empty()) anchors_.insert_or_assign(anchor, node);
    if (open_.empty()) {
        root_ = std::move(node);
        return;
    }
    auto& parent = open_.back();
    if (!parent.is_map) {
        parent.items.push_back(std::move(node));
    } else {
        const Key key = *std::exchange(parent.key, std::nullopt);
        if (key.is_kept) parent.entries.push_back({key.text, key.place, std::move(node)});
    }
}

void TreeBuilder::say_not_a_key(Place place, std::string_view kind) {
    diagnostics_.error(place,
                       "bad-key",
                       fmt::format("{} cannot be a key", kind),
                       "a key is one word or quoted text");
}

void TreeBuilder::attach_unknown_alias(const std::string& name, Place place) {
    std::vector<std::string> names;
    for (const auto& [anchor, node] : anchors_) names.push_back(anchor);
    std::sort(names.begin(), names.end());
    const auto near = did_you_mean(name, names);
    diagnostics_.error(place,
                       "unknown-alias",
                       fmt::format("nothing above is marked '&{}'", name),
                       near.empty() ? std::string(star_advice) : near);
    unknown_alias_line_ = place.line;
    attach(Node::null(place), "");
}

Node::Form TreeBuilder::form_of(const YamlEvent& event) {
    const bool is_plain = event.style == Style::plain;
    const auto written = is_plain ? Node::Form::plain : Node::Form::quoted;
    if (event.tag.empty()) return written;
    const auto tag = short_tag(event.tag);
    if (tag == "!" || tag == "!!str") return Node::Form::quoted;
    if (tag != "!!null" && tag != "!!bool" && tag != "!!int" && tag != "!!float") {
        say_bad_tag(event, tag);
        return written;
    }
    if (!keeps_promise(tag, event.text))
        diagnostics_.error(source_->place(event.tag_at.begin, event.tag_at.end),
                           "wrong-tag",
                           fmt::format("'{}' is not what the tag '{}' says", event.text, tag),
                           "leave the tag out");
    return Node::Form::plain;
}

void TreeBuilder::check_container_tag(const YamlEvent& event, std::string_view expected) {
    if (event.tag.empty() || event.tag == "!") return;
    const auto tag = short_tag(event.tag);
    if (tag != expected) say_bad_tag(event, tag);
}

void TreeBuilder::say_bad_tag(const YamlEvent& event, const std::string& tag) {
    diagnostics_.error(source_->place(event.tag_at.begin, event.tag_at.end),
                       "unknown-tag",
                       fmt::format("the tag '{}' means nothing here", tag),
                       "leave it out; quotes make a text of anything");
}

void TreeBuilder::check_tabs(const YamlEvent& event) {
    if (!event.at) return;
    const auto text = source_->text();
    const std::size_t begin = written_range(event).begin;
    const auto before = text.substr(0, begin);
    const std::size_t blanks = before.find_last_not_of(" \t") + 1;
    const std::size_t tab = before.find('\t', blanks);
    if (tab != std::string_view::npos)
        diagnostics_.error(source_->place(tab, tab + 1), "tab", "a tab appears here", "use blanks");
}

Place TreeBuilder::place_of(const YamlEvent& event) const {
    if (!event.at) return place_of_nothing(event);
    const auto range = written_range(event);
    return source_->place(range.begin, range.end);
}

/// What is not written appears at its tag, its key or its dash.
Place TreeBuilder::place_of_nothing(const YamlEvent& event) const {
    if (!event.tag.empty()) return source_->place(event.tag_at.begin, event.tag_at.end);
    if (!open_.empty() && open_.back().key) return open_.back().key->place;
    const std::size_t next = source_->text().find_first_not_of(" \t\r\n,", read_until_);
    return source_->place(next, next == std::string_view::npos ? next : next + 1);
}

void TreeBuilder::count(std::size_t nodes, Place place) {
    nodes_ = nodes_ + nodes < nodes ? max_yaml_nodes + 1 : nodes_ + nodes;
    if (nodes_ <= max_yaml_nodes) return;
    abandon(place,
            "too-many-nodes",
            fmt::format("the file expands to more than {} values, counting each alias in full",
                        with_commas(max_yaml_nodes)),
            "keep data in files of their own and name them here");
}

void TreeBuilder::refuse_depth(Place place) {
    abandon(place,
            "too-deep",
            fmt::format("lists and maps are nested more than {} deep", max_yaml_depth));
}

void TreeBuilder::abandon(Place place, const char* code, std::string message, std::string hint) {
    diagnostics_.error(place, code, std::move(message), std::move(hint));
    throw Abandoned{};
}

}  // namespace trommel
