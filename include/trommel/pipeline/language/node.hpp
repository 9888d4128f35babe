// A configuration file as a tree that knows where everything appears.
#pragma once

#include "trommel/pipeline/language/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

struct NodeEntry;
struct RawScalar;

/// A value of a configuration file: nothing, a scalar, a list or a map. Immutable, and cheap to
/// copy: copies share one tree, as the uses of one YAML alias do.
class Node {
public:
    enum class Kind { null, scalar, list, map };

    /// How a scalar was written. A plain one may be a number, a truth value or nothing; a quoted
    /// or block one is text. See scalar.hpp.
    enum class Form { plain, quoted };

    static Node null(Place place);
    /// A scalar; a plain one that spells nothing (`~`, `null`, no text) is of kind null. `text`
    /// appears at `place` character by character, unless `raw` knows better.
    static Node scalar(Place place, std::string text, Form form = Form::plain);
    static Node scalar(Place place, std::string text, Form form, RawScalar raw);
    static Node list(Place place, std::vector<Node> items);
    static Node map(Place place, std::vector<NodeEntry> entries);

    Kind kind() const;
    bool is_null() const { return kind() == Kind::null; }
    bool is_scalar() const { return kind() == Kind::scalar; }
    bool is_list() const { return kind() == Kind::list; }
    bool is_map() const { return kind() == Kind::map; }

    /// A scalar's text without quotes and escapes; empty for lists and maps.
    const std::string& text() const;
    bool is_quoted() const;

    /// A list's items in order; empty for all else.
    std::span<const Node> items() const;
    /// A map's entries in the file's order, keys distinct; empty for all else.
    std::span<const NodeEntry> entries() const;
    /// What appears under `key` in a map, or nothing. Lives as long as a copy of this node.
    const Node* find(std::string_view key) const;
    /// A map's keys in the file's order.
    std::vector<std::string> keys() const;

    /// A scalar's place with its quotes; of a list or map, where it begins.
    Place place() const;
    /// The place of bytes [offset, offset + length) of a scalar's text in the file, whatever
    /// quotes, escapes and line folds appear between; place() if they appear nowhere as such.
    Place place_at(std::size_t offset, std::size_t length) const;

    /// The number of the text in which the value is written; of a text that references are part of,
    /// the one where its beginning is written. 0 for what is written in none.
    std::uint32_t file() const;

    /// Nodes in the tree, each as often as it is reached; and its height, 1 for a scalar.
    std::size_t size() const;
    std::size_t height() const;

    /// True when `${` in the text has no meaning any more, because it came out of a reference or
    /// an escape.
    bool is_final() const;
    /// True when the text must not be shown.
    bool is_secret() const;

    /// Copies that differ in the top node only.
    Node at(Place place) const;  ///< what was written elsewhere
    Node from_file(std::uint32_t file) const;
    Node as_final() const;
    Node as_secret() const;

private:
    struct Data;
    explicit Node(std::shared_ptr<const Data> data);

    std::shared_ptr<const Data> data_;
};

/// One `key: value` of a map.
struct NodeEntry {
    std::string key;
    Place key_place;
    Node value;
};

/// What a message calls the node: `'foo'`, `a list`, `a map`, `nothing`, `a secret`. Long texts
/// are cut.
std::string describe(const Node& node);

}  // namespace trommel
