#include "trommel/core/is_json.hpp"

#include <boost/json/error.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

namespace trommel {

bool is_json(std::string_view text) {
    boost::json::monotonic_resource memory;
    boost::json::error_code error;
    boost::json::parse(boost::json::string_view(text.data(), text.size()), error, &memory);
    return !error;
}

}  // namespace trommel
