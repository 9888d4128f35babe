// Cron: the five fields in which times of day and days have been written since 1979.
//
//     minute  hour  day of the month  month  weekday
//     0-59    0-23  1-31              1-12   0-7, both 0 and 7 for Sunday
//
// A field is `*` or a list of values and ranges, each with a step if it is a range or `*`: `*/15`,
// `1-5`, `mon-fri`, `0,30`, `8-18/2`. Months and weekdays have English names of three letters.
// `@yearly` (`@annually`), `@monthly`, `@weekly`, `@daily` (`@midnight`) and `@hourly` mean
// whole expressions.
//
// As in Vixie cron, whose manual is crontab(5): a day counts when both the day of the month and the
// weekday match; but when neither field begins with `*`, it counts when either does.
#pragma once

#include "trommel/pipeline/definition/schedule/time_zone.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <bitset>
#include <chrono>
#include <optional>
#include <string>

namespace trommel {

/// A cron expression that has at least one day to come.
class Cron {
public:
    /// The values that each field allows, and which fields begin with `*`.
    struct Fields {
        std::bitset<60> minutes{};
        std::bitset<24> hours{};
        std::bitset<32> days{};     ///< of the month, from 1
        std::bitset<13> months{};   ///< from 1
        std::bitset<7> weekdays{};  ///< from Sunday
        bool any_minute = false;
        bool any_hour = false;
        bool any_day = false;
        bool any_weekday = false;
    };

    Cron(std::string text, Fields fields) : text_(std::move(text)), fields_(fields) {}

    /// As it was written.
    const std::string& text() const { return text_; }
    const Fields& fields() const { return fields_; }

    /// The first minute of the wall's clock at or after `from` and before `until` that matches.
    std::optional<WallTime> next(WallTime from, WallTime until) const;

    /// True when the job belongs to times of day, false when it goes on all day long: minute or
    /// hour begin with `*`. Only a clock change tells the difference.
    bool has_fixed_times() const { return !fields_.any_minute && !fields_.any_hour; }

    bool matches(std::chrono::year_month_day day) const;

private:
    std::string text_;
    Fields fields_;
};

/// The expression that `scalar` spells, or nothing if it is malformed or its days never come, such
/// as 30 February. Errors appear where they are within the scalar.
std::optional<Cron> parse_cron(const Node& scalar, Diagnostics& diagnostics);

/// The first instant after `after` at which the job is to run; nothing if it lies beyond 2199,
/// where this calendar ends.
///
/// Where clocks are put forward, what has fixed times and would fall into the gap runs once, at the
/// gap's end; what goes on all day leaves the gap out. Where clocks are put back, what has fixed
/// times runs at the first of both occasions; what goes on all day runs on both, and so every real
/// hour. That is what Vixie cron does (`cron.c`), to the minute and for gaps of any length.
std::optional<std::chrono::sys_seconds> next_instant(const Cron& cron,
                                                     const TimeZone& zone,
                                                     std::chrono::sys_seconds after);

}  // namespace trommel
