#pragma once

#include <compare>
#include <string>
#include <utility>

namespace trommel {

/// The name by which a platform knows one thing of kind `Kind`: 24 lower-case hex digits on
/// Lightly's wire. Ids of different kinds do not mix.
template <typename Kind>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}

    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }

    // NOLINTNEXTLINE(modernize-use-nullptr): taken for a null pointer is the 0 of the rewritten <
    friend auto operator<=>(const Id&, const Id&) = default;

private:
    std::string text_;
};

}  // namespace trommel
