#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace trommel {

/// The value as text for people: two blanks a level, one member a line, no newline at the end.
std::string indented(const boost::json::value& value);

}  // namespace trommel
