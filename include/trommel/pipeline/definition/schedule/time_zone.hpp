// Time zones: what the clocks on the wall show where, and when they are put forward and back.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// What a clock on the wall shows, to the second; says nothing of where that wall is.
using WallTime = std::chrono::local_seconds;

/// A stretch of time without a clock change: from `begin` on, and before `end`.
struct EvenTime {
    std::chrono::sys_seconds begin{};
    std::chrono::sys_seconds end{};
    std::chrono::seconds offset{};         ///< the wall's time less UTC
    std::chrono::seconds offset_before{};  ///< before `begin`

    WallTime wall(std::chrono::sys_seconds time) const {
        return WallTime(time.time_since_epoch() + offset);
    }
    std::chrono::sys_seconds instant(WallTime time) const {
        return std::chrono::sys_seconds(time.time_since_epoch() - offset);
    }
};

/// A zone of the IANA time zone database. Immutable and cheap to copy.
class TimeZone {
public:
    TimeZone();  ///< UTC

    /// The zone called so, such as `Europe/Zurich`; nothing if the machine's database has none.
    static std::optional<TimeZone> find(const std::string& name);

    /// The names in the machine's database; only `UTC` where none is installed.
    static std::vector<std::string> names();

    const std::string& name() const;

    /// The stretch that `time` lies in.
    EvenTime around(std::chrono::sys_seconds time) const;

    /// The first instant at which the wall shows `time`; where the clocks jump over it, the instant
    /// of the jump.
    std::chrono::sys_seconds first_instant(WallTime time) const;

    /// The zone's letters for its time then: `CEST`, `+0530`.
    std::string abbreviation(std::chrono::sys_seconds time) const;

private:
    struct Rules;

    explicit TimeZone(std::shared_ptr<const Rules> rules);

    std::shared_ptr<const Rules> rules_;
};

}  // namespace trommel
