// Quantities as people write them: `30s`, `64MiB`, `5/s`, `1%`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace trommel {

/// A value that was read, or a sentence on why it could not be, with an example of what could.
template <typename T>
class Reading {
public:
    static Reading of(T value) { return Reading(std::move(value), {}); }
    static Reading failed(std::string problem) { return Reading({}, std::move(problem)); }

    explicit operator bool() const { return value_.has_value(); }
    const T& operator*() const { return *value_; }
    const std::string& problem() const { return problem_; }

private:
    Reading(std::optional<T> value, std::string problem)
        : value_(std::move(value)), problem_(std::move(problem)) {}

    std::optional<T> value_;
    std::string problem_;
};

/// `500ms`, `30s`, `1.5m`, `2h`, `1d`: one number and one unit, at least 0, whole milliseconds.
Reading<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `512B`, `10kB`, `64MiB`, `1GiB`: powers of 1000 with kB MB GB TB, of 1024 with KiB MiB GiB TiB.
Reading<std::uint64_t> parse_bytes(std::string_view text);

/// `5/s`, `300/m`, `1000/h`: events per second, above 0.
Reading<double> parse_rate(std::string_view text);

/// `1%` or `0.01`: a share, in [0, 1].
Reading<double> parse_share(std::string_view text);

/// The duration in the largest unit that keeps it whole: `90s`, `2h`, `1500ms`; reads back as is.
std::string to_text(std::chrono::milliseconds duration);

}  // namespace trommel
