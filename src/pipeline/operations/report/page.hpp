#pragma once

#include <string>

namespace trommel {

/// The body as one HTML page that needs nothing else, in the page's style for tables and charts.
std::string page_of(const std::string& title, const std::string& body);

}  // namespace trommel
