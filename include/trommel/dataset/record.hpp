#pragma once

#include "trommel/dataset/json_lines.hpp"

#include <boost/json/array.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// One sample's line of a JSON Lines file, with the checks that its readers share: each gives the
/// value asked for, or throws DataError naming file, line and sample.
///
/// `where` is how errors call a value: `predictions[0].bbox`.
class Record {
public:
    /// Throws where `object` has no `file_name`. Both must outlive the record.
    Record(const JsonLines& lines, const boost::json::object& object);

    const std::string& name() const { return name_; }
    std::size_t line() const { return lines_.line(); }
    const boost::json::object& object() const { return object_; }

    [[noreturn]] void fail(std::string_view what) const;

    /// A finite number, unless the lines keep others.
    double number(const boost::json::value& value, std::string_view where) const;
    std::vector<double> numbers(const boost::json::value& value, std::string_view where) const;
    /// An integer from `least` to `most`.
    std::int64_t integer(const boost::json::value& value,
                         std::string_view where,
                         std::int64_t least,
                         std::int64_t most) const;
    /// A string that is not empty.
    std::string text(const boost::json::value& value, std::string_view where) const;
    const boost::json::array& array(const boost::json::value& value, std::string_view where) const;
    const boost::json::object& object(const boost::json::value& value,
                                      std::string_view where) const;

    /// The value at `key` of `object`, which errors call `where`.
    const boost::json::value& member(const boost::json::object& object,
                                     std::string_view key,
                                     std::string_view where) const;

private:
    const JsonLines& lines_;
    const boost::json::object& object_;
    std::string name_;
};

}  // namespace trommel::dataset
