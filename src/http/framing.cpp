#include "http/framing.hpp"

#include "http/host.hpp"
#include "http/token.hpp"
#include "trommel/http/message_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trommel::http {
namespace {

constexpr std::size_t most_digits = 16;  ///< of a chunk's size: 64 bits
/// No body is longer, whatever the limits say; what adds to it stays within 64 bits.
constexpr std::uint64_t longest_chunk = std::uint64_t{1} << 62;

/// The fields of a name, of which there may be one.
const std::string* only_field(const Head& head, std::string_view name) {
    const std::string* found = nullptr;
    for (const auto& field : head.headers) {
        if (!same_token(field.name, name)) continue;
        if (found != nullptr)
            throw MessageError(400, fmt::format("there is more than one {}", name));
        found = &field.value;
    }
    return found;
}

/// Digits alone. More than 19 of them may not fit into 64 bits.
std::uint64_t read_length(std::string_view text) {
    const bool is_number = !text.empty() && text.size() <= 19 &&
                           text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number) throw MessageError(400, "the Content-Length is not a number of bytes");
    std::uint64_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
}

void check_host(const Head& head) {
    const auto* host = only_field(head, "Host");
    if (host == nullptr && head.is_1_1) throw MessageError(400, "an HTTP/1.1 request needs a Host");
    if (host != nullptr && !is_host(*host)) throw MessageError(400, "the Host is not a host");
}

/// A target that is a whole URL becomes its path and query, and its authority is the Host whatever
/// the field says (RFC 9112, section 3.2.2).
void to_origin_form(Head& head) {
    auto& target = head.target;
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string::npos) return;
    const auto path = std::min(target.find_first_of("/?", scheme + 3), target.size());
    head.headers.set("Host", target.substr(scheme + 3, path - scheme - 3));
    target.erase(0, path);
    if (!target.starts_with('/')) target.insert(0, "/");
    check_host(head);
}

bool keeps_alive(const Head& head) {
    bool keep = head.is_1_1;
    for (const auto& field : head.headers) {
        if (!same_token(field.name, "Connection")) continue;
        if (has_word(field.value, "close")) return false;
        keep = keep || has_word(field.value, "keep-alive");
    }
    return keep;
}

/// By Transfer-Encoding or Content-Length; `otherwise` where neither appears there.
Framing announced(Head& head, Framing otherwise) {
    const auto* coding = only_field(head, "Transfer-Encoding");
    const auto* length = only_field(head, "Content-Length");
    if (length != nullptr) head.length = read_length(*length);
    if (coding == nullptr) return length != nullptr ? Framing::sized : otherwise;
    if (!same_token(*coding, "chunked"))
        throw MessageError(501, "the only transfer coding that is understood is 'chunked'");
    if (length != nullptr)
        throw MessageError(400, "there are both a Content-Length and a Transfer-Encoding");
    if (!head.is_1_1) throw MessageError(400, "HTTP/1.0 has no Transfer-Encoding");
    return Framing::chunked;
}

/// Reads a chunk's line from its front.
class ChunkLine {
public:
    explicit ChunkLine(std::string_view line) : rest_(line) {}

    std::uint64_t read() {
        const auto size = read_size();
        while (!rest_.empty()) read_extension();
        return size;
    }

private:
    [[noreturn]] static void refuse() { throw MessageError(400, "a chunk's line is malformed"); }

    std::uint64_t read_size() {
        std::uint64_t size = 0;
        const char* const begin = rest_.data();
        // Takes no sign and no '0x'.
        const auto [end, error] = std::from_chars(begin, begin + rest_.size(), size, 16);
        const auto digits = static_cast<std::size_t>(end - begin);
        if (error != std::errc{} || digits > most_digits || size > longest_chunk) refuse();
        rest_.remove_prefix(digits);
        return size;
    }

    /// *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
    void read_extension() {
        skip_space();
        if (!take(';')) refuse();
        skip_space();
        read_word();
        const auto after_name = rest_;
        skip_space();
        if (!take('=')) {
            rest_ = after_name;
            return;
        }
        skip_space();
        if (take('"'))
            read_quoted();
        else
            read_word();
    }

    void read_word() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_char);
        if (end == rest_.begin()) refuse();
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
    }

    void read_quoted() {
        while (!take('"')) {
            take('\\');
            if (rest_.empty() || !is_field_value(rest_.substr(0, 1))) refuse();
            rest_.remove_prefix(1);
        }
    }

    void skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    }

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view rest_;
};

}  // namespace

Framing frame_request(Head& head) {
    check_host(head);
    to_origin_form(head);
    head.keep_alive = keeps_alive(head);
    return announced(head, Framing::none);
}

Framing frame_response(Head& head, bool bodyless) {
    const auto framing = announced(head, Framing::until_end);
    const bool is_interim = head.status < 200;
    const bool never_has_one = is_interim || head.status == 204;
    // There is no place for a body: where one is said to come, its end would be anybody's guess.
    const bool is_odd =
        never_has_one && (framing == Framing::chunked || head.length.value_or(0) != 0);
    if (is_odd && is_interim) throw MessageError(400, "an interim answer has a body");
    const bool has_none = bodyless || never_has_one || head.status == 304;
    head.keep_alive = keeps_alive(head) && !is_odd && (has_none || framing != Framing::until_end);
    return has_none ? Framing::none : framing;
}

std::uint64_t read_chunk_line(std::string_view line) { return ChunkLine(line).read(); }

}  // namespace trommel::http
