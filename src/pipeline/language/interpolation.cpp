#include "trommel/pipeline/language/interpolation.hpp"

#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace trommel {
namespace {

/// With more errors than this in one scalar, the others wait for the next try.
constexpr std::size_t errors_a_scalar = 10;

const std::vector<std::string> root_names{
    "params", "env", "secrets", "state", "matrix", "round", "run"};

constexpr std::string_view roots_in_words = "params, env, secrets, state, matrix, round and run";

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/// True for names joined by single dots.
bool is_path(std::string_view path) {
    return !path.empty() && path.front() != '.' && path.back() != '.' &&
           path.find("..") == std::string_view::npos;
}

/// Takes one scalar's text to pieces.
class TemplateParser {
public:
    TemplateParser(const Node& scalar, Diagnostics& diagnostics)
        : scalar_(scalar), text_(scalar.text()), diagnostics_(diagnostics) {}

    std::optional<Template> parse() {
        while (position_ < text_.size() && errors_ < errors_a_scalar) take_piece();
        end_literal();
        if (errors_ > 0) return std::nullopt;
        return std::move(pieces_);
    }

private:
    std::string_view rest() const { return text_.substr(position_); }

    void take_piece() {
        if (rest().starts_with("$${")) {
            literal_ += "${";
            position_ += 3;
        } else if (rest().starts_with("${")) {
            end_literal();
            take_reference();
        } else {
            literal_ += text_[position_++];
        }
    }

    void end_literal() {
        if (!literal_.empty()) pieces_.pieces.emplace_back(std::exchange(literal_, {}));
    }

    void take_reference() {
        const std::size_t begin = position_;
        const std::size_t close = text_.find('}', begin);
        const std::size_t nested = text_.find("${", begin + 2);
        if (close == std::string_view::npos)
            return refuse(begin, 2, "this '${' has no '}'", "for a literal '${' write '$${'");
        if (nested < close)
            return refuse(nested,
                          2,
                          "a reference appears within a reference",
                          "give it a name of its own in params");
        position_ = close + 1;
        add_reference(begin, close);
    }

    void add_reference(std::size_t begin, std::size_t close) {
        const auto inside = text_.substr(begin + 2, close - begin - 2);
        const auto name_end = std::find_if_not(inside.begin(), inside.end(), is_name_character);
        // `:-` may follow a name, and so may not begin with a character of it.
        const auto name = inside.substr(0, static_cast<std::size_t>(name_end - inside.begin()));
        const auto after = inside.substr(name.size());
        if (!is_path(name) || (!after.empty() && !after.starts_with(":-")))
            return refuse(begin,
                          close + 1 - begin,
                          "this is not a reference",
                          "write ${params.batch} or ${env.PORT:-8080}");
        const std::size_t dot = std::min(name.find('.'), name.size());
        Reference reference{.root = std::string(name.substr(0, dot)),
                            .path = std::string(name.substr(std::min(dot + 1, name.size()))),
                            .offset = begin,
                            .length = close + 1 - begin,
                            .name_length = name.size()};
        if (!after.empty()) reference.fallback = std::string(after.substr(2));
        pieces_.pieces.emplace_back(std::move(reference));
    }

    void refuse(std::size_t offset, std::size_t length, const char* message, const char* hint) {
        ++errors_;
        const auto place = scalar_.place_at(offset, length);
        diagnostics_.error(place, "bad-reference", message, hint);
        const std::size_t close = text_.find('}', offset);
        position_ = close == std::string_view::npos ? text_.size() : close + 1;
    }

    const Node& scalar_;
    std::string_view text_;
    Diagnostics& diagnostics_;
    Template pieces_;
    std::string literal_;
    std::size_t position_ = 0;
    std::size_t errors_ = 0;
};

/// What a fallback appears in for: nothing, or no text.
bool is_empty(const Found& found) {
    if (std::holds_alternative<std::monostate>(found)) return true;
    const auto* value = std::get_if<Node>(&found);
    return value != nullptr && (value->is_null() || value->is_scalar()) && value->text().empty();
}

/// `value` with its scalars marked as holding no references.
Node finished(const Node& value) {
    if (value.is_list()) {
        std::vector<Node> items;
        for (const auto& item : value.items()) items.push_back(finished(item));
        return Node::list(value.place(), std::move(items)).from_file(value.file());
    }
    if (value.is_map()) {
        std::vector<NodeEntry> entries;
        for (const auto& entry : value.entries())
            entries.push_back({entry.key, entry.key_place, finished(entry.value)});
        return Node::map(value.place(), std::move(entries));
    }
    return value.as_final();
}

/// What else to do about a name that is not set.
std::string advice(const Reference& reference) {
    if (reference.root == "env")
        return fmt::format("set it in the environment, or write ${{env.{0}:-...}} with a default",
                           reference.path);
    if (reference.root == "params") return "declare it under 'params'";
    if (reference.root == "secrets") return "declare it under 'secrets'";
    if (reference.root == "state") return "declare it under 'state'";
    return {};
}

std::string full_name(const Reference& reference) {
    return reference.path.empty() ? reference.root : reference.root + "." + reference.path;
}

bool may_hold_references(const Node& node) {
    return node.is_scalar() && !node.is_final() && node.text().find("${") != std::string::npos;
}

/// Puts values into one tree.
class Resolver {
public:
    Resolver(const Scope& scope, Diagnostics& diagnostics)
        : scope_(scope), diagnostics_(diagnostics) {}

    /// The node with its values, or nothing if none was put in.
    std::optional<Node> changed(const Node& node) {
        if (node.is_list()) return changed_list(node);
        if (node.is_map()) return changed_map(node);
        if (!may_hold_references(node)) return std::nullopt;
        const auto parsed = parse_template(node, diagnostics_);
        if (!parsed) return std::nullopt;
        if (const auto* whole = parsed->whole()) return value_of(*whole, node);
        return joined(*parsed, node);
    }

private:
    std::optional<Node> changed_list(const Node& list) {
        std::vector<Node> items(list.items().begin(), list.items().end());
        bool is_changed = false;
        for (auto& item : items) is_changed |= replace(item);
        if (!is_changed) return std::nullopt;
        return Node::list(list.place(), std::move(items));
    }

    std::optional<Node> changed_map(const Node& map) {
        std::vector<NodeEntry> entries(map.entries().begin(), map.entries().end());
        bool is_changed = false;
        for (auto& entry : entries) is_changed |= replace(entry.value);
        if (!is_changed) return std::nullopt;
        return Node::map(map.place(), std::move(entries));
    }

    bool replace(Node& node) {
        auto value = changed(node);
        if (!value) return false;
        node = *std::move(value);
        return true;
    }

    /// The value of a reference in `scalar`, at the scalar's place; nothing if it is deferred or
    /// if an error has been reported.
    std::optional<Node> value_of(const Reference& reference, const Node& scalar) {
        const auto found = find(reference, scalar);
        if (!found || std::holds_alternative<Deferred>(*found)) return std::nullopt;
        if (reference.fallback && is_empty(*found))
            return Node::scalar(scalar.place(), *reference.fallback).as_final();
        const auto* value = std::get_if<Node>(&*found);
        if (value == nullptr) return say_unset(reference, scalar);
        if (has_references(*value) || !count(value->size(), scalar)) return std::nullopt;
        return finished(*value).at(scalar.place());
    }

    /// The lookup's answer; nothing if the root is an error.
    std::optional<Found> find(const Reference& reference, const Node& scalar) {
        if (std::find(root_names.begin(), root_names.end(), reference.root) == root_names.end()) {
            const auto near = did_you_mean(reference.root, root_names);
            diagnostics_.error(scalar.place_at(reference.offset + 2, reference.root.size()),
                               "unknown-reference",
                               fmt::format("'{}' is not among {}", reference.root, roots_in_words),
                               near);
            return std::nullopt;
        }
        const auto* root = scope_.find(reference.root);
        return root == nullptr ? Found{} : root->find(reference.path);
    }

    std::nullopt_t say_unset(const Reference& reference, const Node& scalar) {
        std::vector<std::string> names;
        if (const auto* root = scope_.find(reference.root))
            for (const auto& name : root->names) names.push_back(reference.root + "." + name);
        const auto near = did_you_mean(full_name(reference), names);
        diagnostics_.error(scalar.place_at(reference.offset + 2, reference.name_length),
                           "unset-reference",
                           fmt::format("'{}' is not set", full_name(reference)),
                           near.empty() ? advice(reference) : near);
        return std::nullopt;
    }

    /// Keeps the tree within the bound of a file: a list may be put in many times.
    bool count(std::size_t nodes, const Node& scalar) {
        nodes_ += nodes;
        if (nodes_ <= max_yaml_nodes) return true;
        diagnostics_.error(scalar.place(),
                           "too-many-nodes",
                           fmt::format("references bring in more than {} values", max_yaml_nodes),
                           "keep data in files of their own and name them here");
        return false;
    }

    /// The pieces as one text; nothing if one has no value.
    std::optional<Node> joined(const Template& parts, const Node& scalar) {
        std::string text;
        std::uint32_t file = scalar.file();
        bool is_secret = false;
        bool is_complete = true;
        for (const auto& piece : parts.pieces) {
            if (const auto* literal = std::get_if<std::string>(&piece)) {
                text += *literal;
                continue;
            }
            const auto& reference = std::get<Reference>(piece);
            const auto value = value_of(reference, scalar);
            is_complete &= value && say_if_no_text(*value, reference, scalar);
            if (!is_complete) continue;
            if (text.empty()) file = value->file();
            text += canonical(scalar_of(*value));
            is_secret |= value->is_secret();
        }
        if (!is_complete) return std::nullopt;
        auto whole = Node::scalar(scalar.place(), std::move(text), Node::Form::quoted)
                         .as_final()
                         .from_file(file);
        return is_secret ? whole.as_secret() : whole;
    }

    /// True when the value can appear among other text.
    bool say_if_no_text(const Node& value, const Reference& reference, const Node& scalar) {
        if (!value.is_list() && !value.is_map()) return true;
        diagnostics_.error(scalar.place_at(reference.offset, reference.length),
                           "not-text",
                           fmt::format("'{}' is {}, which cannot appear within a text",
                                       full_name(reference),
                                       describe(value)),
                           "let the reference be the whole value");
        return false;
    }

    const Scope& scope_;
    Diagnostics& diagnostics_;
    std::size_t nodes_ = 0;
};

void add_paths(const Node& map, const std::string& prefix, std::vector<std::string>& paths) {
    for (const auto& entry : map.entries()) {
        paths.push_back(prefix + entry.key);
        add_paths(entry.value, prefix + entry.key + ".", paths);
    }
}

/// What appears under `path` when each of its names is a key.
Found walk(const Node& values, std::string_view path) {
    const Node* node = &values;
    while (node != nullptr && !path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        node = node->find(path.substr(0, dot));
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (node == nullptr || (node == &values && values.is_map())) return {};
    return *node;
}

}  // namespace

const Reference* Template::whole() const {
    return pieces.size() == 1 ? std::get_if<Reference>(&pieces.front()) : nullptr;
}

std::optional<Template> parse_template(const Node& scalar, Diagnostics& diagnostics) {
    return TemplateParser(scalar, diagnostics).parse();
}

bool has_references(const Node& node) {
    for (const auto& item : node.items())
        if (has_references(item)) return true;
    for (const auto& entry : node.entries())
        if (has_references(entry.value)) return true;
    return may_hold_references(node);
}

ScopeRoot scope_root_of(Node values) {
    std::vector<std::string> names;
    add_paths(values, "", names);
    return {[values = std::move(values)](std::string_view path) { return walk(values, path); },
            std::move(names)};
}

ScopeRoot deferred_root(std::vector<std::string> names) {
    const auto find = [names](std::string_view path) -> Found {
        if (std::find(names.begin(), names.end(), path) == names.end()) return {};
        return Deferred{};
    };
    return {find, std::move(names)};
}

void Scope::set(const std::string& root, ScopeRoot values) {
    roots_.insert_or_assign(root, std::move(values));
}

const ScopeRoot* Scope::find(const std::string& root) const {
    const auto found = roots_.find(root);
    return found == roots_.end() ? nullptr : &found->second;
}

Node resolve(const Node& node, const Scope& scope, Diagnostics& diagnostics) {
    return Resolver(scope, diagnostics).changed(node).value_or(node);
}

}  // namespace trommel
