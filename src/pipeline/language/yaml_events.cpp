#include "pipeline/language/yaml_events.hpp"

#include "trommel/core/error.hpp"

#include <libfyaml.h>

#include <utility>

namespace trommel {
namespace {

template <auto Function>
struct CallWith {
    template <typename T>
    void operator()(T* thing) const {
        Function(thing);
    }
};

using DiagPtr = std::unique_ptr<fy_diag, CallWith<fy_diag_destroy>>;
using ParserPtr = std::unique_ptr<fy_parser, CallWith<fy_parser_destroy>>;

/// libfyaml would write its findings to stderr.
void ignore_output(fy_diag*, void*, const char*, std::size_t) {}

DiagPtr make_diag() {
    fy_diag_cfg settings;
    fy_diag_cfg_default(&settings);
    settings.fp = nullptr;
    settings.output_fn = ignore_output;
    DiagPtr diag(fy_diag_create(&settings));
    if (diag) fy_diag_set_collect_errors(diag.get(), true);
    return diag;
}

ParserPtr make_parser(fy_diag* diag) {
    fy_parse_cfg settings{};
    settings.flags = static_cast<fy_parse_cfg_flags>(FYPCF_COLLECT_DIAG |
                                                     FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE);
    settings.diag = diag;
    return ParserPtr(fy_parser_create(&settings));
}

std::optional<ByteRange> range(const fy_mark* begin, const fy_mark* end) {
    if (begin == nullptr || end == nullptr) return std::nullopt;
    return ByteRange{begin->input_pos, end->input_pos};
}

std::optional<ByteRange> range(fy_token* token) {
    if (token == nullptr) return std::nullopt;
    return range(fy_token_start_mark(token), fy_token_end_mark(token));
}

std::string text_of(fy_token* token) {
    std::size_t bytes = 0;
    const char* text = token == nullptr ? nullptr : fy_token_get_text(token, &bytes);
    return text == nullptr ? std::string{} : std::string(text, bytes);
}

YamlEvent::Style style_of(fy_token* token) {
    if (token == nullptr) return YamlEvent::Style::plain;
    switch (fy_token_scalar_style(token)) {
        case FYSS_SINGLE_QUOTED:
            return YamlEvent::Style::single_quoted;
        case FYSS_DOUBLE_QUOTED:
            return YamlEvent::Style::double_quoted;
        case FYSS_LITERAL:
        case FYSS_FOLDED:
            return YamlEvent::Style::block;
        default:
            return YamlEvent::Style::plain;
    }
}

std::string version_of(const fy_event& event) {
    const auto* version = fy_document_state_version(event.document_start.document_state);
    if (version == nullptr) return {};
    return std::to_string(version->major) + "." + std::to_string(version->minor);
}

/// The kinds of events that a tree is made of; the others say nothing new.
std::optional<YamlEvent::Type> type_of(const fy_event& event) {
    switch (event.type) {
        case FYET_DOCUMENT_START:
            return YamlEvent::Type::document;
        case FYET_MAPPING_START:
            return YamlEvent::Type::begin_map;
        case FYET_SEQUENCE_START:
            return YamlEvent::Type::begin_list;
        case FYET_MAPPING_END:
        case FYET_SEQUENCE_END:
            return YamlEvent::Type::end;
        case FYET_SCALAR:
            return YamlEvent::Type::scalar;
        case FYET_ALIAS:
            return YamlEvent::Type::alias;
        case FYET_STREAM_END:
            return YamlEvent::Type::finished;
        default:
            return std::nullopt;
    }
}

YamlEvent copy_of(fy_event& event, YamlEvent::Type type) {
    YamlEvent copy{.type = type};
    copy.at = range(fy_event_start_mark(&event), fy_event_end_mark(&event));
    copy.anchor = text_of(fy_event_get_anchor_token(&event));
    fy_token* tag = fy_event_get_tag_token(&event);
    copy.tag = text_of(tag);
    copy.tag_at = range(tag).value_or(ByteRange{});
    if (type == YamlEvent::Type::document) copy.text = version_of(event);
    if (type == YamlEvent::Type::alias) copy.text = text_of(event.alias.anchor);
    if (type == YamlEvent::Type::scalar) {
        copy.text = text_of(event.scalar.value);
        copy.style = style_of(event.scalar.value);
    }
    return copy;
}

}  // namespace

struct YamlEvents::Parser {
    DiagPtr diag = make_diag();
    ParserPtr parser = make_parser(diag.get());
};

YamlEvents::YamlEvents(std::string_view text) : parser_(std::make_unique<Parser>()) {
    const bool ready = parser_->diag && parser_->parser &&
                       fy_parser_set_string(parser_->parser.get(), text.data(), text.size()) == 0;
    if (!ready) throw Error("the YAML parser could not be started; is there memory left?");
}

YamlEvents::~YamlEvents() = default;

YamlEvent YamlEvents::next() {
    fy_parser* parser = parser_->parser.get();
    const auto free_event = [parser](fy_event* event) { fy_parser_event_free(parser, event); };
    while (true) {
        const std::unique_ptr<fy_event, decltype(free_event)> event(fy_parser_parse(parser),
                                                                    free_event);
        const auto ended = fy_parser_get_stream_error(parser) ? YamlEvent::Type::broken
                                                              : YamlEvent::Type::finished;
        if (!event) return {.type = ended};
        if (const auto type = type_of(*event)) return copy_of(*event, *type);
    }
}

std::vector<YamlComplaint> YamlEvents::complaints() const {
    std::vector<YamlComplaint> complaints;
    void* position = nullptr;
    while (const auto* found = fy_diag_errors_iterate(parser_->diag.get(), &position)) {
        if (found->type < FYET_ERROR) continue;
        complaints.push_back({found->msg == nullptr ? "" : found->msg, range(found->fyt)});
    }
    if (complaints.empty()) complaints.push_back({"this is not YAML", std::nullopt});
    return complaints;
}

}  // namespace trommel
