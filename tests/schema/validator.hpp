#pragma once

#include <boost/json/value.hpp>

#include <memory>
#include <string>

namespace trommel::test {

/// A JSON Schema, and which documents it takes.
class Validator {
public:
    explicit Validator(const boost::json::value& schema);
    ~Validator();

    /// Why the schema refuses the document; empty if it does not.
    std::string objection(const boost::json::value& document) const;

private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace trommel::test
