#include "schema/validator.hpp"

#include <boost/json.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace trommel::test {

struct Validator::Compiled {
    valijson::Schema schema{};
};

Validator::Validator(const boost::json::value& schema) : compiled_(std::make_unique<Compiled>()) {
    // It knows draft 7, whose keywords mean the same in 2020-12 as far as they are used here.
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const auto printed = boost::json::parse(boost::json::serialize(schema));  // as others read it
    parser.populateSchema(valijson::adapters::BoostJsonAdapter(printed), compiled_->schema);
}

Validator::~Validator() = default;

std::string Validator::objection(const boost::json::value& document) const {
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    const valijson::adapters::BoostJsonAdapter adapter(document);
    if (validator.validate(compiled_->schema, adapter, &results)) return {};
    std::string objection = "refused";
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        objection += "\n ";
        for (const auto& step : error.context) objection += ' ' + step;
        objection += ": " + error.description;
    }
    return objection;
}

}  // namespace trommel::test
