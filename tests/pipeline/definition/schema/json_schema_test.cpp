#include "trommel/pipeline/definition/schema/json_schema.hpp"

#include "pipeline/fake_stages.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace trommel {

TEST_CASE("the schema knows each kind of stage with its options and no others", "[pipeline]") {
    const auto schema = json_schema(test::fake_stages());
    const auto& stage = schema.at_pointer("/$defs/whole/properties/stages/additionalProperties");
    CHECK(stage.at_pointer("/properties/uses/oneOf").as_array().size() == 5);

    const auto& choose = stage.at_pointer("/allOf/0");
    CHECK(choose.at_pointer("/if/properties/uses/const") == "choose");
    CHECK(choose.at_pointer("/then/properties/with/required/0") == "n_new");
    CHECK(choose.at_pointer("/then/properties/with/additionalProperties") == false);
    CHECK(choose.at_pointer("/then/properties/with/properties/n_new/anyOf/0/minimum") == 1.0);
}

TEST_CASE("JSON for people reads back as the same value", "[pipeline]") {
    const boost::json::value value{
        {"a", {1, "x\n", nullptr}}, {"b", boost::json::object{}}, {"c", {{"d", 0.5}}}};
    CHECK(boost::json::parse(indented(value)) == value);
    CHECK(indented(boost::json::value{{"a", {1, 2}}}) == "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

}  // namespace trommel
