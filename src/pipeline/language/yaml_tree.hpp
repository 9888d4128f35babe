// The tree that a stream of YAML events means.
#pragma once

#include "pipeline/language/source_map.hpp"
#include "pipeline/language/yaml_advice.hpp"
#include "pipeline/language/yaml_events.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trommel {

/// The text has no tree that is worth going on with; why has been said.
struct Abandoned {};

/// Makes a tree of the events of one document, and says what is wrong with it. Throws Abandoned.
class TreeBuilder {
public:
    TreeBuilder(std::shared_ptr<const SourceMap> source, Diagnostics& diagnostics)
        : source_(std::move(source)), diagnostics_(diagnostics) {}

    void take(const YamlEvent& event);

    const std::optional<Node>& root() const { return root_; }

    /// The end of what has been read.
    std::size_t read_until() const { return read_until_; }

    /// The innermost bracket that waits for its end.
    std::optional<OpenBracket> open_bracket() const;

    /// The line of the last alias that refers to nothing, or 0. What the parser has against the
    /// rest of that line, as of `cron: */5 * * * *`, comes of the same mistake.
    std::size_t unknown_alias_line() const { return unknown_alias_line_; }

private:
    struct Key {
        std::string text{};
        Place place{};
        bool is_kept = true;  ///< false: an error has been reported, its value goes nowhere
    };

    /// A list or map whose end has not come.
    struct Open {
        bool is_map = false;
        bool is_key = false;  ///< appears where a key belongs: an error has been reported
        Place place{};
        std::size_t begin = 0;
        std::string anchor{};
        std::optional<Key> key{};  ///< of a map: whose value comes next
        std::unordered_map<std::string, Place> seen{};
        std::vector<Node> items{};
        std::vector<NodeEntry> entries{};

        bool awaits_key() const { return is_map && !key; }
    };

    bool awaits_key() const { return !open_.empty() && open_.back().awaits_key(); }

    void take_scalar(const YamlEvent& event);
    void take_key(const YamlEvent& event, Node::Form form);
    void take_alias(const YamlEvent& event);
    void begin(const YamlEvent& event);
    void end();
    void attach(Node node, const std::string& anchor);
    void attach_unknown_alias(const std::string& name, Place place);

    /// Plain or quoted, once the tag has had its say.
    Node::Form form_of(const YamlEvent& event);
    void check_container_tag(const YamlEvent& event, std::string_view expected);
    void check_tabs(const YamlEvent& event);
    std::optional<Diagnostic> objection_to_repetition(const std::string& key, Place place);
    void say_bad_tag(const YamlEvent& event, const std::string& tag);
    void say_not_a_key(Place place, std::string_view kind);

    /// Adds to the values seen; abandons the text when they are too many.
    void count(std::size_t nodes, Place place);
    [[noreturn]] void refuse_depth(Place place);
    [[noreturn]] void abandon(Place place,
                              const char* code,
                              std::string message,
                              std::string hint = {});

    Place place_of(const YamlEvent& event) const;
    Place place_of_nothing(const YamlEvent& event) const;

    std::shared_ptr<const SourceMap> source_;
    Diagnostics& diagnostics_;
    std::vector<Open> open_;
    std::unordered_map<std::string, Node> anchors_;
    std::optional<Node> root_;
    std::size_t nodes_ = 0;
    std::size_t read_until_ = 0;
    std::size_t unknown_alias_line_ = 0;
};

}  // namespace trommel
