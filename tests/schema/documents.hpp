// Documents to try a reader and a schema with: files as JSON, what is nearly them, and what a
// schema itself says.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace trommel::test {

/// A YAML file, its scalars with their types.
boost::json::value read_as_json(const std::filesystem::path& file);

/// As a person would write it: 0.5, not 5E-1.
std::string written(const boost::json::value& document);

/// A document with one thing changed, and where.
struct Mutant {
    boost::json::value document{};
    std::string place{};  ///< a JSON pointer
    std::string change{};
};

/// Calls `look` with each document that differs from `whole` in one value (of another type, of
/// another size, or not there), in one key too many, or, where `param` is not empty, in a reference
/// in place of a value, to a param of that name, which is added and has the value.
void for_each_mutant(const boost::json::value& whole,
                     const std::string& param,
                     const std::function<void(const Mutant& mutant)>& look);

/// A document that the schema describes, as far as one can be found without looking at what
/// excludes itself.
class Generator {
public:
    Generator(const boost::json::value& schema, std::uint64_t seed)
        : root_(schema), random_(seed) {}

    boost::json::value document() { return value_of(root_, 0); }

private:
    boost::json::value value_of(const boost::json::value& schema, int depth);
    boost::json::value object_of(const boost::json::object& schema, int depth);
    boost::json::value scalar_of(const boost::json::object& schema, const std::string& type);
    std::size_t below(std::size_t end) { return random_() % end; }

    const boost::json::value& root_;
    std::mt19937_64 random_;
};

}  // namespace trommel::test
