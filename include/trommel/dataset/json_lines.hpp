#pragma once

#include "trommel/dataset/files/line_reader.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// What to do with NaN and Infinity, which Python writes although JSON has no such numbers.
enum class NonFinite { refuse, keep };

/// The records of a JSON Lines text, one after another; only the last one is in memory.
class JsonLines {
public:
    explicit JsonLines(LineReader lines, NonFinite non_finite = NonFinite::refuse);

    /// The object in the next line that is not blank, valid until the next call; null after the
    /// last. Numbers are the doubles nearest to their text.
    ///
    /// Throws RecordError, with line and column, on what is not JSON, and on NaN and Infinity, if
    /// they are not kept, with the sample's name.
    const boost::json::object* next();

    /// The same in two steps: the next line that is not blank, nothing after the last, and its
    /// object.
    std::optional<std::string_view> next_text();
    const boost::json::object* parse();

    std::size_t line() const { return lines_.line(); }
    NonFinite non_finite() const { return non_finite_; }

    /// The last line, valid until the next call of next().
    std::string_view text() const { return lines_.text(); }

    /// Throws RecordError: `<file>:<line>: <what>`, for the last line, which speaks of `sample`.
    [[noreturn]] void fail(std::string_view what, std::string_view sample = {}) const {
        lines_.fail(what, sample);
    }

private:
    [[noreturn]] void refuse(std::string_view line, std::size_t at, std::string_view why);
    std::string sample_in(std::string_view line);

    LineReader lines_;
    NonFinite non_finite_;
    std::vector<unsigned char> memory_;
    std::unique_ptr<boost::json::monotonic_resource> pool_;  ///< holds record_, over memory_
    std::optional<boost::json::value> record_;
};

}  // namespace trommel::dataset
