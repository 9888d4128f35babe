#include "trommel/pipeline/definition/schedule/time_zone.hpp"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace trommel {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

absl::Time to_absl(sys_seconds time) { return absl::FromChrono(time); }

sys_seconds from_absl(absl::Time time) { return sys_seconds(seconds(absl::ToUnixSeconds(time))); }

absl::CivilSecond to_civil(WallTime time) {
    return absl::CivilSecond() + time.time_since_epoch().count();
}

/// Where the machine keeps its zones, by the variable that the C library reads as well.
std::filesystem::path database() {
    const char* folder = std::getenv("TZDIR");
    return folder != nullptr ? folder : "/usr/share/zoneinfo";
}

/// The name that a line of tzdata.zi declares: `Z NAME …` a zone, `L TARGET NAME` another name.
/// See zic(8).
std::string declared_name(const std::string& line) {
    std::istringstream words(line);
    std::string kind, first, second;
    words >> kind >> first >> second;
    if (kind == "Z") return first;
    if (kind == "L") return second;
    return {};
}

}  // namespace

struct TimeZone::Rules {
    std::string name;
    absl::TimeZone zone;
};

TimeZone::TimeZone() : TimeZone(std::make_shared<Rules>(Rules{"UTC", absl::UTCTimeZone()})) {}

TimeZone::TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

std::optional<TimeZone> TimeZone::find(const std::string& name) {
    // Others, such as `/etc/localtime` and `Fixed/UTC+01:00:00`, are not names of the database.
    if (name.empty() || name.front() == '/' || name.find(':') != std::string::npos ||
        name == "localtime")
        return std::nullopt;
    absl::TimeZone zone;
    if (!absl::LoadTimeZone(name, &zone)) return std::nullopt;
    return TimeZone(std::make_shared<Rules>(Rules{name, zone}));
}

std::vector<std::string> TimeZone::names() {
    std::vector<std::string> names{"UTC"};
    std::ifstream file(database() / "tzdata.zi");
    for (std::string line; std::getline(file, line);)
        if (auto name = declared_name(line); !name.empty() && name != "UTC")
            names.push_back(std::move(name));
    return names;
}

const std::string& TimeZone::name() const { return rules_->name; }

EvenTime TimeZone::around(sys_seconds time) const {
    const auto& zone = rules_->zone;
    EvenTime even{.begin = sys_seconds::min(), .end = sys_seconds::max()};
    even.offset = even.offset_before = seconds(zone.At(to_absl(time)).offset);
    absl::TimeZone::CivilTransition change;
    if (zone.NextTransition(to_absl(time), &change)) even.end = from_absl(zone.At(change.to).trans);
    if (!zone.PrevTransition(to_absl(time + seconds(1)), &change)) return even;
    even.begin = from_absl(zone.At(change.to).trans);
    even.offset_before = seconds(zone.At(to_absl(even.begin - seconds(1))).offset);
    return even;
}

sys_seconds TimeZone::first_instant(WallTime time) const {
    const auto found = rules_->zone.At(to_civil(time));
    const bool jumped_over = found.kind == absl::TimeZone::TimeInfo::SKIPPED;
    return from_absl(jumped_over ? found.trans : found.pre);
}

std::string TimeZone::abbreviation(sys_seconds time) const {
    return rules_->zone.At(to_absl(time)).zone_abbr;
}

}  // namespace trommel
