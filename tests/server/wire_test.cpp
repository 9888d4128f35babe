#include "server/resources/tags/tag_json.hpp"
#include "server/wire/agent.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/json_input.hpp"
#include "server/wire/models.hpp"
#include "server/wire/sample_ids.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/platform/wire/json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

std::string text_of(std::string_view text) { return json_string(text); }

}  // namespace

TEST_CASE("texts are escaped as JSON asks", "[server]") {
    CHECK(text_of("a/b ü.jpg") == "\"a/b ü.jpg\"");
    CHECK(text_of("a\"b\\c\n") == R"("a\"b\\c\u000a")");
    CHECK(text_of("") == "\"\"");
    for (const std::string text : {"\t\x01 \"\\ ", "", "plain"})
        CHECK(boost::json::parse(text_of(text)).as_string() == text);
}

TEST_CASE("an object leaves out what there is not, or says null", "[server]") {
    std::string json;
    ObjectText(json)
        .add("a", 1)
        .add("b", std::optional<std::string>())
        .add_nullable("c", std::optional<TagId>())
        .add("d", 0.1)
        .add("e", true)
        .add_raw("f", "[]")
        .end();
    CHECK(json == R"({"a":1,"c":null,"d":0.1,"e":true,"f":[]})");
}

TEST_CASE("Python's literals are read as null, but not within texts", "[server]") {
    CHECK(without_literals(R"({"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \" Infinity"})") ==
          R"({"a": null, "b": [null, null], "c": "NaN \" Infinity"})");
    CHECK(parse_json(R"({"snr": NaN})").at("snr").is_null());
    CHECK(parse_json("").as_object().empty());
    for (const auto* text : {"{", "{\"a\": nan}", "[1,]", "NaN NaN", "\"open"})
        CHECK_THROWS_AS(parse_json(text), ApiError);
}

TEST_CASE("clients since 1.2.34 take the first embeddings for the newest", "[server]") {
    CHECK(!parse_agent("Swagger-Codegen/1.0.0/python").newest_first);
    CHECK(!parse_agent("Lightly/1.2.33 (Linux/5) python/3.8").newest_first);
    CHECK(parse_agent("Lightly/1.2.34 (Linux/5) python/3.8").newest_first);
    CHECK(parse_agent("Lightly/1.5.22 (Linux/6) python/3.11").newest_first);
    CHECK(!parse_agent("Lightly/new").newest_first);
    CHECK(!parse_agent("curl/7").newest_first);
    CHECK(parse_agent("Swagger-Codegen/1.0.0/python").may_score_unlabeled);
    CHECK(!parse_agent("Lightly/1.4.6 (x)").may_score_unlabeled);
}

TEST_CASE("a sample's id says its dataset and its index", "[server]") {
    const SampleIds ids(DatasetId("d1"));
    const SampleIds others(DatasetId("d2"));
    for (const SampleIndex sample : {0U, 1U, 255U, 4294967295U}) {
        const auto id = ids.id_of(sample);
        CHECK(id.size() == 24);
        CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
        CHECK(ids.index_of(id) == sample);
        CHECK(!others.index_of(id));
    }
    CHECK(!ids.index_of(""));
    CHECK(!ids.index_of(ids.id_of(1) + "0"));
    CHECK(!ids.index_of(ids.id_of(1).substr(0, 23) + "G"));
    CHECK(!ids.index_of(ids.id_of(10).substr(0, 23) + "A"));
}

TEST_CASE("masks are read as Python reads them", "[server]") {
    CHECK(parse_mask("0x59") == parse_mask(" 59\n"));
    CHECK(parse_mask("0x5_9").to_hex() == "0x59");
    CHECK(parse_mask("0X5").to_hex() == "0x5");
    CHECK_THROWS_AS(parse_mask("0xg"), ApiError);
    CHECK_THROWS_AS(parse_mask("-1"), ApiError);
    CHECK_THROWS_AS(parse_mask(""), ApiError);
}

TEST_CASE("a body that breaks its schema is told where", "[server]") {
    const auto fault = [](const char* name, const char* json) {
        return schema::fault(model(name), boost::json::parse(json)).value_or("");
    };
    CHECK(fault("DatasetCreateRequest", R"({"name":"x"})").empty());
    CHECK(fault("DatasetCreateRequest", R"({"name":"x","type":null,"more":1})").empty());
    CHECK(fault("DatasetCreateRequest", "{}") == "the body has no 'name'");
    CHECK(fault("DatasetCreateRequest", R"({"name":null})") == "'name' has to be of type string");
    CHECK(fault("ConfigurationEntry",
                R"({"name":"a","path":"b","defaultValue":null,"valueDataType":"OTHER_STRING"})")
              .empty());
    CHECK(fault("DatasetCreateRequest", "[]") == "the body has to be of type object");
    CHECK(fault("DatasetCreateRequest", R"({"name":1})") == "'name' has to be of type string");
    CHECK(fault("DatasetCreateRequest", R"({"name":"x","imgType":"big"})") ==
          "'imgType' is 'big' but has to be one of full, thumbnail, meta");
    CHECK(fault("SamplingCreateRequest",
                R"({"newTagName":"x","method":"RANDOM",
                    "config":{"stoppingCondition":{"nSamples":"all"}}})") ==
          "'config.stoppingCondition.nSamples' has to be of type number");
    CHECK(fault("TrommelSamplesRequest", R"({"fileNames":["a",2]})") ==
          "'fileNames[1]' has to be of type string");
}

}  // namespace trommel::server
