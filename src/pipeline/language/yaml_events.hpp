// YAML as a stream of events. Behind this header appears libfyaml, which no other file knows.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// Bytes [begin, end) of the parsed text.
struct ByteRange {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct YamlEvent {
    enum class Type { document, begin_map, begin_list, end, scalar, alias, finished, broken };
    enum class Style { plain, single_quoted, double_quoted, block };

    Type type = Type::finished;
    std::optional<ByteRange> at{};  ///< none for what is not written, as the value of `key:`
    std::string text{};             ///< a scalar's text, an alias's name, a document's YAML version
    Style style = Style::plain;
    std::string anchor{};
    std::string tag{};  ///< in full: tag:yaml.org,2002:str; empty: none
    ByteRange tag_at{};
};

/// What the parser has against the text.
struct YamlComplaint {
    std::string message{};
    std::optional<ByteRange> at{};
};

/// Reads one text, which must outlive it and be UTF-8 without control characters: libfyaml takes
/// others for the end of the text. Reports nothing by itself.
class YamlEvents {
public:
    explicit YamlEvents(std::string_view text);
    ~YamlEvents();
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;

    /// The next event; after `finished` or `broken` there is no other.
    YamlEvent next();

    /// Why the text is broken: at least one complaint after `broken`.
    std::vector<YamlComplaint> complaints() const;

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace trommel
