// The words of a cron expression, one field at a time.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <bitset>
#include <optional>
#include <span>
#include <string_view>

namespace trommel {

/// What may appear in a field.
struct CronFieldKind {
    std::string_view name;  ///< as messages call it
    unsigned first = 0;
    unsigned last = 0;
    std::span<const std::string_view> words{};  ///< names of the values, from `first` on
};

/// One of these, in their order, for each field of an expression.
std::span<const CronFieldKind> cron_field_kinds();

struct CronField {
    std::bitset<60> values{};
    bool begins_with_star = false;
};

/// Reads the field that appears in `scalar` at bytes [offset, offset + text.size()); says what is
/// wrong with it and returns nothing.
std::optional<CronField> read_cron_field(const CronFieldKind& kind,
                                         std::string_view text,
                                         std::size_t offset,
                                         const Node& scalar,
                                         Diagnostics& diagnostics);

}  // namespace trommel
