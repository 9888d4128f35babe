#include "trommel/core/credential.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace trommel {
namespace {

constexpr std::array<char, 7> blanks{' ', '\n', '\r', '\t', '\v', '\f', '\0'};
constexpr std::size_t longest_mixture = 3;
constexpr std::size_t longest_row = 64;  ///< of one blank, or of line ends

/// Every text of up to three blanks, and longer rows of one of them.
std::vector<std::string> blank_texts() {
    std::vector<std::string> texts{""};
    for (std::size_t begin = 0, length = 0; length < longest_mixture; ++length) {
        const auto end = texts.size();
        for (; begin < end; ++begin)
            for (const char blank : blanks) texts.push_back(texts[begin] + blank);
    }
    for (std::size_t length = longest_mixture + 1; length <= longest_row; ++length)
        for (const char blank : blanks) texts.emplace_back(length, blank);
    texts.emplace_back("\r\n\r\n");
    return texts;
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

}  // namespace

std::optional<std::string> Credential::fault_of(std::string_view text) {
    if (trim(text).empty()) return "is empty";
    if (text.size() < min_characters)
        return fmt::format(
            "has {} characters; at least {} are needed, as `openssl rand -hex 24` "
            "makes them",
            text.size(),
            min_characters);
    if (text.size() > max_characters)
        return fmt::format("has more than {} characters", max_characters);
    if (!std::all_of(text.begin(), text.end(), is_visible))
        return "holds a blank, a line end or a character beyond ASCII, which no request can bring "
               "unchanged";
    return std::nullopt;
}

std::optional<Credential> Credential::parse(std::string_view text) {
    if (fault_of(text)) return std::nullopt;
    return Credential(std::string(text));
}

bool is_digest_of_nothing(std::string_view digest) {
    static const auto digests = [] {
        std::set<std::string, std::less<>> all;
        for (const auto& text : blank_texts()) all.insert(sha256(text));
        return all;
    }();
    return digests.contains(digest);
}

}  // namespace trommel
