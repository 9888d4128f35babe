#include "pipeline/definition/schedule/cron_field.hpp"

#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace trommel {
namespace {

constexpr std::array<std::string_view, 12> month_words{
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 8> weekday_words{
    "sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

constexpr auto kinds = std::to_array<CronFieldKind>({{"minute", 0, 59},
                                                     {"hour", 0, 23},
                                                     {"day of the month", 1, 31},
                                                     {"month", 1, 12, month_words},
                                                     {"weekday", 0, 7, weekday_words}});

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

/// What people know from other schedulers, with what would do here.
std::string hint_for(const CronFieldKind& kind, std::string_view typed) {
    if (typed == "?") return "write '*'";
    if (typed.ends_with('L') || typed.ends_with('W') || typed.find('#') != std::string_view::npos)
        return "'L', 'W' and '#' are not part of cron's five fields";
    const auto word = lower_case(typed).substr(0, 3);
    if (std::ranges::count(kind.words, word) > 0) return fmt::format("write '{}'", word);
    const std::vector<std::string> words(kind.words.begin(), kind.words.end());
    return did_you_mean(lower_case(typed), words);
}

class FieldReader {
public:
    FieldReader(const CronFieldKind& kind,
                std::string_view text,
                std::size_t offset,
                const Node& scalar,
                Diagnostics& diagnostics)
        : kind_(kind), text_(text), offset_(offset), scalar_(scalar), diagnostics_(diagnostics) {}

    std::optional<CronField> read() {
        CronField field;
        field.begins_with_star = text_.starts_with('*');
        for (std::size_t begin = 0; begin <= text_.size();) {
            const auto end = std::min(text_.find(',', begin), text_.size());
            if (!read_item(text_.substr(begin, end - begin), field)) return std::nullopt;
            begin = end + 1;
        }
        return field;
    }

private:
    /// `*`, `5` or `1-5`, the first and the last with `/2` if need be.
    bool read_item(std::string_view item, CronField& field) {
        const auto slash = item.find('/');
        const auto range = item.substr(0, slash);
        unsigned first = kind_.first;
        unsigned last = kind_.last == 7 ? 6 : kind_.last;
        if (range != "*" && !read_range(range, first, last)) return false;
        unsigned step = 1;
        if (slash != std::string_view::npos) {
            const bool is_single = range != "*" && range.find('-') == std::string_view::npos;
            if (is_single) return refuse_lone_step(item);
            if (!read_step(item.substr(slash + 1), last - first, step)) return false;
        }
        for (unsigned value = first; value <= last; value += step)
            field.values.set(kind_.last == 7 ? value % 7 : value);
        return true;
    }

    /// `5` or `1-5`.
    bool read_range(std::string_view range, unsigned& first, unsigned& last) {
        const auto dash = range.find('-');
        if (!read_value(range.substr(0, dash), first)) return false;
        last = first;
        if (dash != std::string_view::npos && !read_end(range.substr(dash + 1), last)) return false;
        return first <= last || refuse_backward(range, first, last);
    }

    bool read_value(std::string_view typed, unsigned& value) {
        const auto word = std::ranges::find(kind_.words, lower_case(typed));
        if (word != kind_.words.end()) {
            value = kind_.first + static_cast<unsigned>(word - kind_.words.begin());
            return true;
        }
        if (read_number(typed, value) && value >= kind_.first && value <= kind_.last) return true;
        return refuse(typed,
                      fmt::format("'{}' is outside of {}, which is {} to {}",
                                  typed,
                                  kind_.name,
                                  kind_.first,
                                  kind_.last),
                      hint_for(kind_, typed));
    }

    /// The end of a range, where Sunday is the week's last day.
    bool read_end(std::string_view typed, unsigned& value) {
        if (!read_value(typed, value)) return false;
        if (!kind_.words.empty() && lower_case(typed) == "sun") value = kind_.last;
        return true;
    }

    bool read_step(std::string_view typed, unsigned span, unsigned& step) {
        if (!read_number(typed, step) || step == 0)
            return refuse(typed, fmt::format("the step '{}' must be a number from 1 on", typed));
        if (step <= span) return true;
        return refuse(typed,
                      fmt::format("the step {} leads out of the {} at once", step, kind_.name),
                      "steps restart with each hour, day, month or week; for longer intervals "
                      "use 'every'");
    }

    bool refuse_backward(std::string_view range, unsigned first, unsigned last) {
        return refuse(range,
                      fmt::format("the range '{}' runs backwards", range),
                      fmt::format("write '{}-{},{}-{}'", first, kind_.last, kind_.first, last));
    }

    bool refuse_lone_step(std::string_view item) {
        const auto slash = item.find('/');
        return refuse(
            item,
            fmt::format("'{}' steps from a single value", item),
            fmt::format("write '{}-{}{}'", item.substr(0, slash), kind_.last, item.substr(slash)));
    }

    static bool read_number(std::string_view typed, unsigned& number) {
        const char* end = typed.data() + typed.size();
        const auto [stop, error] = std::from_chars(typed.data(), end, number);
        return error == std::errc() && stop == end;
    }

    /// `part` is a piece of the text; an empty one is refused with all of it.
    bool refuse(std::string_view part, std::string message, std::string hint = {}) {
        if (part.empty()) {
            part = text_;
            message = fmt::format("a value is missing in the {} '{}'", kind_.name, text_);
            hint.clear();
        }
        const auto begin = offset_ + static_cast<std::size_t>(part.data() - text_.data());
        diagnostics_.error(scalar_.place_at(begin, part.size()), "cron", message, hint);
        return false;
    }

    const CronFieldKind& kind_;
    std::string_view text_;
    std::size_t offset_;
    const Node& scalar_;
    Diagnostics& diagnostics_;
};

}  // namespace

std::span<const CronFieldKind> cron_field_kinds() { return kinds; }

std::optional<CronField> read_cron_field(const CronFieldKind& kind,
                                         std::string_view text,
                                         std::size_t offset,
                                         const Node& scalar,
                                         Diagnostics& diagnostics) {
    return FieldReader(kind, text, offset, scalar, diagnostics).read();
}

}  // namespace trommel
