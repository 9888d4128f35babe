#include "trommel/pipeline/language/instant.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace trommel {
namespace {

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Takes a text apart from its front; what does not fit leaves it failed.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }
    bool sees(std::string_view any) const {
        return !rest_.empty() && any.find(rest_.front()) != std::string_view::npos;
    }

    char take(std::string_view any) {
        if (!sees(any)) return fail();
        const char taken = rest_.front();
        rest_.remove_prefix(1);
        return taken;
    }

    /// A number of exactly so many digits, within bounds.
    int number(std::size_t digits, int min, int max) {
        int value = 0;
        const auto text = rest_.substr(0, digits);
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || stop != text.data() + digits || value < min || value > max)
            return fail();
        rest_.remove_prefix(digits);
        return value;
    }

    /// One to three digits of a fraction, as milliseconds.
    milliseconds fraction() {
        int value = 0;
        int unit = 100;
        for (; sees("0123456789") && unit > 0; unit /= 10)
            value += (take("0123456789") - '0') * unit;
        if (unit == 100) fail();
        return milliseconds(value);
    }

private:
    char fail() {
        good_ = false;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

milliseconds scan_time(Scanner& scanner) {
    milliseconds time = hours(scanner.number(2, 0, 23));
    scanner.take(":");
    time += minutes(scanner.number(2, 0, 59));
    if (!scanner.sees(":")) return time;
    scanner.take(":");
    time += seconds(scanner.number(2, 0, 59));
    if (!scanner.sees(".")) return time;
    scanner.take(".");
    return time + scanner.fraction();
}

seconds scan_offset(Scanner& scanner) {
    const char sign = scanner.take("+-Z");
    if (sign == 'Z') return seconds(0);
    seconds offset = hours(scanner.number(2, 0, 18));
    scanner.take(":");
    offset += minutes(scanner.number(2, 0, 59));
    return sign == '-' ? -offset : offset;
}

}  // namespace

std::optional<WrittenTime> parse_written_time(std::string_view text) {
    Scanner scanner(text);
    const std::chrono::year year(scanner.number(4, 1970, 2199));
    scanner.take("-");
    const std::chrono::month month(static_cast<unsigned>(scanner.number(2, 1, 12)));
    scanner.take("-");
    const std::chrono::day day(static_cast<unsigned>(scanner.number(2, 1, 31)));
    milliseconds time(0);
    if (scanner.sees("T ")) {
        scanner.take("T ");
        time = scan_time(scanner);
    }
    std::optional<seconds> offset;
    if (!scanner.at_end()) offset = scan_offset(scanner);
    if (!scanner.good() || !scanner.at_end() || !(year / month / day).ok()) return std::nullopt;
    return WrittenTime{std::chrono::local_days(year / month / day) + time, offset};
}

Reading<Instant> parse_instant(std::string_view text) {
    const auto written = parse_written_time(text);
    if (written && written->offset)
        return Reading<Instant>::of(Instant(written->wall.time_since_epoch() - *written->offset));
    return Reading<Instant>::failed(
        fmt::format("'{}' is not an instant; write day, time and zone: 2026-12-24T18:00Z or "
                    "2026-12-24T19:00+01:00",
                    text));
}

std::string to_text(Instant instant) {
    const auto whole = floor<seconds>(instant);
    const auto rest = (instant - whole).count();
    const auto fraction = rest == 0 ? std::string() : fmt::format(".{:03}", rest);
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%S}{}Z", fmt::gmtime(whole.time_since_epoch().count()), fraction);
}

}  // namespace trommel
