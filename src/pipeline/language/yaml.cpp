#include "trommel/pipeline/language/yaml.hpp"

#include "pipeline/language/source_map.hpp"
#include "pipeline/language/yaml_advice.hpp"
#include "pipeline/language/yaml_events.hpp"
#include "pipeline/language/yaml_tree.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace trommel {
namespace {

using Type = YamlEvent::Type;

/// Reads the events of one text into a tree.
class YamlReader {
public:
    YamlReader(std::shared_ptr<const SourceMap> source, Diagnostics& diagnostics)
        : source_(std::move(source)),
          diagnostics_(diagnostics),
          events_(source_->text()),
          builder_(source_, diagnostics) {}

    std::optional<Node> read() {
        for (auto event = events_.next(); event.type != Type::finished; event = events_.next()) {
            if (event.type == Type::broken) return say_broken();
            if (event.type == Type::document && !begin_document(event)) break;
            builder_.take(event);
        }
        const auto& root = builder_.root();
        if (root && !root->is_null()) return root;
        diagnostics_.error({.file = source_->number()},
                           "empty",
                           "the file is empty",
                           "`trommel init` writes one to begin with");
        return std::nullopt;
    }

private:
    /// False when the document is one too many.
    bool begin_document(const YamlEvent& event) {
        if (builder_.root()) {
            const ByteRange at = event.at.value_or(ByteRange{builder_.read_until(), 0});
            diagnostics_.error(source_->place(at.begin, at.end),
                               "second-document",
                               "a second document begins here",
                               "a file holds one pipeline; put the other into its own file");
            return false;
        }
        if (event.text != "1.2") {
            const std::size_t directive =
                std::min(source_->text().find("%YAML"), source_->text().size());
            diagnostics_.error(source_->place(directive, source_->text().size()),
                               "yaml-version",
                               fmt::format("this file says that it is YAML {}", event.text),
                               "trommel reads YAML 1.2; leave the line out");
        }
        return true;
    }

    std::nullopt_t say_broken() {
        const auto open = builder_.open_bracket();
        for (const auto& complaint : events_.complaints()) {
            const auto at = complaint.at.value_or(ByteRange{builder_.read_until(), 0});
            const Place place = source_->place(at.begin, at.end);
            if (place.line == builder_.unknown_alias_line()) continue;
            diagnostics_.error(place,
                               "yaml",
                               complaint.message,
                               yaml_advice(complaint.message, source_->text(), at.begin, open));
        }
        return std::nullopt;
    }

    std::shared_ptr<const SourceMap> source_;
    Diagnostics& diagnostics_;
    YamlEvents events_;
    TreeBuilder builder_;
};

/// The first opening bracket that is one too many, or nothing.
///
/// What appears in brackets might be a key, so libfyaml reads it to its end, at 350 bytes a
/// bracket, before it tells of its beginning: the bound on values would come too late. Brackets in
/// texts and comments count too, since only the parser knows which they are.
std::optional<std::size_t> find_excess_bracket(std::string_view text) {
    std::size_t brackets = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] == '[' || text[i] == '{') && ++brackets > max_yaml_nodes) return i;
    return std::nullopt;
}

/// What makes `text` no text for the parser at all.
std::optional<Diagnostic> objection_to_text(const SourceMap& source) {
    if (const auto unreadable = find_unreadable(source.text()))
        return Diagnostic{.code = "encoding",
                          .message = unreadable->reason,
                          .place = source.place(unreadable->offset, unreadable->offset + 1),
                          .hint = "save the file as UTF-8 text"};
    if (const auto bracket = find_excess_bracket(source.text()))
        return Diagnostic{.code = "too-many-nodes",
                          .message = fmt::format("more than {} opening brackets appear in the file",
                                                 with_commas(max_yaml_nodes)),
                          .place = source.place(*bracket, *bracket + 1),
                          .hint = "keep data in files of their own and name them here"};
    return std::nullopt;
}

}  // namespace

std::optional<Node> parse_yaml(const SourceText& source, Diagnostics& diagnostics) {
    if (source.text.size() > max_source_bytes) {
        diagnostics.error({.file = source.number},
                          "too-long",
                          fmt::format("the file is longer than {} MiB", max_source_bytes >> 20),
                          "keep data in files of their own and name them here");
        return std::nullopt;
    }
    auto map = std::make_shared<const SourceMap>(source.text, source.number);
    if (auto objection = objection_to_text(*map)) {
        diagnostics.add(*std::move(objection));
        return std::nullopt;
    }
    try {
        return YamlReader(std::move(map), diagnostics).read();
    } catch (const Abandoned&) {
        return std::nullopt;
    }
}

}  // namespace trommel
