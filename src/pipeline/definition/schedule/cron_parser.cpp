#include "pipeline/definition/schedule/cron_field.hpp"
#include "trommel/pipeline/definition/schedule/cron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel {
namespace {

struct Alias {
    std::string_view name;
    std::string_view meaning;
};

constexpr auto aliases = std::to_array<Alias>({{"@yearly", "0 0 1 1 *"},
                                               {"@annually", "0 0 1 1 *"},
                                               {"@monthly", "0 0 1 * *"},
                                               {"@weekly", "0 0 * * 0"},
                                               {"@daily", "0 0 * * *"},
                                               {"@midnight", "0 0 * * *"},
                                               {"@hourly", "0 * * * *"}});

constexpr std::array<unsigned, 13> longest_month{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Word {
    std::string_view text;
    std::size_t offset = 0;
};

std::vector<Word> words_of(std::string_view text) {
    constexpr std::string_view blanks = " \t\n\r";
    std::vector<Word> words;
    for (std::size_t begin = 0;
         (begin = text.find_first_not_of(blanks, begin)) != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(blanks, begin), text.size());
        words.push_back({text.substr(begin, end - begin), begin});
        begin = end;
    }
    return words;
}

template <std::size_t size>
std::bitset<size> narrowed(const std::bitset<60>& values) {
    return std::bitset<size>(values.to_ullong());
}

Cron::Fields fields_of(const std::vector<CronField>& read) {
    return {.minutes = read[0].values,
            .hours = narrowed<24>(read[1].values),
            .days = narrowed<32>(read[2].values),
            .months = narrowed<13>(read[3].values),
            .weekdays = narrowed<7>(read[4].values),
            .any_minute = read[0].begins_with_star,
            .any_hour = read[1].begins_with_star,
            .any_day = read[2].begins_with_star,
            .any_weekday = read[4].begins_with_star};
}

/// Whether one of the months has one of the days, or a weekday alone will do.
bool has_days(const Cron::Fields& fields) {
    if (!fields.any_day && !fields.any_weekday) return true;
    for (unsigned month = 1; month <= 12; ++month)
        for (unsigned day = 1; fields.months[month] && day <= longest_month[month]; ++day)
            if (fields.days[day]) return true;
    return false;
}

class CronParser {
public:
    CronParser(const Node& scalar, Diagnostics& diagnostics)
        : scalar_(scalar), diagnostics_(diagnostics) {}

    std::optional<Cron> parse() {
        auto words = words_of(scalar_.text());
        if (words.size() == 1 && words[0].text.starts_with('@')) return parse_alias(words[0]);
        if (words.size() != 5) return refuse_count(words);
        std::vector<CronField> read;
        for (std::size_t i = 0; i < words.size(); ++i)
            if (const auto field = read_cron_field(
                    cron_field_kinds()[i], words[i].text, words[i].offset, scalar_, diagnostics_))
                read.push_back(*field);
        if (read.size() != words.size()) return std::nullopt;
        const auto fields = fields_of(read);
        if (!has_days(fields)) return refuse_days(words[2], words[3]);
        return Cron(scalar_.text(), fields);
    }

private:
    std::optional<Cron> parse_alias(const Word& word) {
        std::vector<std::string> known;
        for (const auto& [name, meaning] : aliases) {
            known.emplace_back(name);
            if (name != word.text) continue;
            const auto cron = parse_cron(Node::scalar({}, std::string(meaning)), diagnostics_);
            return Cron(scalar_.text(), cron->fields());
        }
        return refuse(word.offset,
                      word.text.size(),
                      fmt::format("cron has no '{}'", word.text),
                      did_you_mean(word.text, known));
    }

    std::optional<Cron> refuse_count(const std::vector<Word>& words) {
        std::string hint =
            "write minute, hour, day of the month, month and weekday, such as '30 2 * * mon-fri'";
        if (words.size() == 6 || words.size() == 7)
            hint = "seconds and years are not part of cron; " + hint;
        if (!words.empty() && words[0].text.find('=') != std::string_view::npos)
            hint = "give the zone under 'timezone'";
        diagnostics_.error(scalar_.place(),
                           "cron",
                           fmt::format("a cron expression has 5 fields, not {}", words.size()),
                           hint);
        return std::nullopt;
    }

    std::optional<Cron> refuse_days(const Word& day, const Word& month) {
        return refuse(day.offset,
                      month.offset + month.text.size() - day.offset,
                      fmt::format("day '{}' never comes in month '{}', so nothing would ever run",
                                  day.text,
                                  month.text));
    }

    std::optional<Cron> refuse(std::size_t offset,
                               std::size_t length,
                               std::string message,
                               std::string hint = {}) {
        diagnostics_.error(
            scalar_.place_at(offset, length), "cron", std::move(message), std::move(hint));
        return std::nullopt;
    }

    const Node& scalar_;
    Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Cron> parse_cron(const Node& scalar, Diagnostics& diagnostics) {
    return CronParser(scalar, diagnostics).parse();
}

}  // namespace trommel
