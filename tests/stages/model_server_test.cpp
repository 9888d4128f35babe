// Predictions from a model server, and servers that fail at it.

#include "stages/model_server/inference_message.hpp"
#include "stages/small_pool.hpp"
#include "stages/stand_in_model_server.hpp"
#include "trommel/pipeline/engine/journal/quarantine.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

namespace trommel {

using Catch::Matchers::Contains;
using stages::InferenceBody;
using stages::Tensor;
using stages::TensorForm;
using test::Mishap;
using test::picks_of;
using test::SmallPool;
using test::StandInModelServer;

namespace {

const std::string one_round = "rounds: {max: 1}\n";

/// Takes the 5 best by margin of what the server's model says; `more` options and policies.
std::string stages_for(const std::string& url,
                       const std::string& model,
                       const std::string& more = "batch: 7",
                       const std::string& policies = "needs: []") {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predict: {uses: predict.server_classification, from: fetch, with: {url: '" +
           url + "', model: " + model + ", " + more + "}, " + policies +
           "}\n"
           "  score: {uses: score.classification, from: predict}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
           "uncertainty_margin, n_new: 5}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

const std::string planes = "probabilities: probabilities, batch: 7";

/// The error of a run whose server answers so.
std::string error_with(const Mishap& mishap, const std::string& more = planes + ", attempts: 2") {
    SmallPool pool;
    StandInModelServer server;
    server.models().mishap = [&](std::size_t) { return mishap; };
    return pool.error_of(stages_for(server.url(), "planes", more), one_round);
}

std::string error_with_body(const std::string& body) {
    return error_with({.status = 0, .headers = {}, .body = body, .delay = {}},
                      planes + ", tensors: json");
}

std::string bytes_of(const std::vector<float>& values) {
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

/// Writes the array x.npy of each sample's number less `zero`, the last first, and names.txt;
/// returns the names.
std::string write_inputs(SmallPool& pool, float zero) {
    std::string names;
    std::vector<float> rows;
    for (int i = 59; i >= 0; --i) {
        names += test::name_of(i) + '\n';
        rows.push_back(static_cast<float>(i) - zero);
    }
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (60, 1), }";
    header.resize(117, ' ');
    pool.folder().write(
        "x.npy", std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + '\n' + bytes_of(rows));
    pool.folder().write("names.txt", names);
    return names;
}

std::string fault_of(const std::string& text, std::optional<std::size_t> json_bytes = {}) {
    try {
        stages::read_tensors({text, json_bytes}, "outputs");
    } catch (const DataError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("a question is JSON, and its numbers follow in bytes", "[stages]") {
    const Tensor input{.name = "x", .shape = {2, 1}, .values = {1.5, -2}};
    const auto body = stages::write_request({input}, {"p"}, TensorForm::binary);
    const std::string text = R"({"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32",)"
                             R"("parameters":{"binary_data_size":8}}],)"
                             R"("outputs":[{"name":"p","parameters":{"binary_data":true}}]})";
    CHECK(body.bytes == text + bytes_of({1.5F, -2}));
    CHECK(body.json_bytes == text.size());
    const auto plain = stages::write_request({input}, {}, TensorForm::json);
    CHECK(plain.bytes ==
          R"({"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[1.5,-2]}]})");
    CHECK_FALSE(plain.json_bytes);
}

TEST_CASE("inputs go as what the model takes, and values that it cannot take are refused",
          "[stages]") {
    const auto written = [](const std::string& datatype,
                            std::vector<double> values,
                            TensorForm form = TensorForm::json) {
        const Tensor input{.name = "x",
                           .datatype = datatype,
                           .shape = {values.size()},
                           .values = std::move(values)};
        try {
            auto text = stages::write_request({input}, {}, form).bytes;
            return text.substr(text.find("\"datatype\""));
        } catch (const DataError& error) {
            return std::string(error.what());
        }
    };
    CHECK(written("UINT8", {0, 255}) == R"("datatype":"UINT8","data":[0,255]}]})");
    CHECK(written("INT64", {-9e15, 1e5}) ==
          R"("datatype":"INT64","data":[-9000000000000000,100000]}]})");
    CHECK_THAT(written("UINT8", {1, 200}, TensorForm::binary),
               Contains("\"binary_data_size\":2}") && Catch::EndsWith("}\x01\xC8"));
    CHECK_THAT(written("INT16", {-2}, TensorForm::binary), Catch::EndsWith("}\xFE\xFF"));
    CHECK(written("UINT8", {256}) ==
          "tensor 'x': 256 is not of the datatype UINT8: give whole numbers from 0 to 255, or "
          "another 'datatype'");
    CHECK_THAT(written("INT8", {0.5}, TensorForm::binary),
               Contains("0.5 is not of the datatype INT8"));
    CHECK_THAT(written("INT32", {std::nan("")}), Contains("is not of the datatype INT32"));
    CHECK_THAT(written("FP16", {1}), Contains("cannot be sent as FP16"));

    SmallPool pool;
    StandInModelServer server;
    const auto stages = [&](const std::string& more) {
        return stages_for(
            server.url(), "bytes", planes + ", names: names.txt, inputs: x.npy" + more);
    };
    write_inputs(pool, 0);
    CHECK(picks_of(pool.run(stages(", datatype: UINT8"), one_round)).size() == 5);
    CHECK_THAT(pool.error_of(stages(""), one_round), Contains("give one input 'input' of UINT8"));
    write_inputs(pool, 1);
    CHECK_THAT(pool.error_of(stages(", datatype: UINT8"), one_round),
               Contains("tensor 'input': -1 is not of the datatype UINT8"));
}

TEST_CASE("an answer as Triton's description has it is read", "[stages]") {
    const std::string text =
        "{\n  \"outputs\" : [\n    {\n      \"name\" : \"output0\",\n      \"shape\" : [ 3, 2 ],\n"
        "      \"datatype\"  : \"FP32\",\n      \"parameters\" : {\n        \"binary_data_size\" : "
        "24\n      }\n    }\n  ]\n}\n";
    const auto tensors =
        stages::read_tensors({text + bytes_of({1, 2, 3, 4, 5, 6}), text.size()}, "outputs");
    REQUIRE(tensors.size() == 1);
    CHECK(tensors[0].shape == std::vector<std::size_t>{3, 2});
    CHECK(tensors[0].values == std::vector<double>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("values may be nested or not, of any number type", "[stages]") {
    const auto values = [](const std::string& type, const std::string& bytes, std::size_t count) {
        const auto text = fmt::format(R"({{"outputs":[{{"name":"o","shape":[{}],"datatype":"{}",)"
                                      R"("parameters":{{"binary_data_size":{}}}}}]}})",
                                      count,
                                      type,
                                      bytes.size());
        return stages::read_tensors({text + bytes, text.size()}, "outputs")[0].values;
    };
    CHECK(values("FP16", std::string("\x00\x3C\x00\xC0\x01\x00\x00\x7C", 8), 4) ==
          std::vector<double>{1, -2, std::ldexp(1, -24), HUGE_VAL});
    CHECK(values("BF16", std::string("\x80\x3F", 2), 1) == std::vector<double>{1});
    CHECK(values("INT64", std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8), 1) ==
          std::vector<double>{-1});
    CHECK(values("UINT8", "\xFF", 1) == std::vector<double>{255});
    const auto nested = stages::read_tensors(
        {R"({"outputs":[{"name":"o","shape":[2,2],"datatype":"INT32","data":[[1,2],[3,4]]}]})", {}},
        "outputs");
    CHECK(nested[0].values == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("answers that break the protocol are refused with the rule", "[stages]") {
    const auto tensor = [](const std::string& rest) {
        return R"({"outputs":[{"name":"o","datatype":"FP32")" + rest + "}]}";
    };
    CHECK_THAT(fault_of("{\"outputs\":["), Contains("malformed JSON"));
    CHECK_THAT(fault_of("[]"), Contains("is not an object"));
    CHECK_THAT(fault_of("{}"), Contains("no list 'outputs'"));
    CHECK_THAT(fault_of(R"({"outputs":[{"datatype":"FP32"}]})"), Contains("without a text 'name'"));
    CHECK_THAT(fault_of(tensor(R"(,"data":[1])")), Contains("'o': has no shape"));
    CHECK_THAT(fault_of(tensor(R"(,"shape":[-1],"data":[1])")),
               Contains("is not a list of lengths"));
    CHECK_THAT(fault_of(tensor(R"(,"shape":[99999999,99999999],"data":[])")),
               Contains("is not a list of lengths"));
    CHECK_THAT(fault_of(tensor(R"(,"shape":[2],"data":[1])")), Contains("1 values for the shape"));
    CHECK_THAT(fault_of(tensor(R"(,"shape":[1],"data":["x"])")),
               Contains("value 0 is not a number"));
    CHECK_THAT(fault_of(tensor(R"(,"shape":[1])")), Contains("neither data nor"));
    CHECK_THAT(
        fault_of(R"({"outputs":[{"name":"o","datatype":"BYTES","shape":[1],"data":["x"]}]})"),
        Contains("BYTES, which is not a number"));
    const auto text = tensor(R"(,"shape":[2],"parameters":{"binary_data_size":8})");
    CHECK(fault_of(text + "12345678", text.size()).empty());
    CHECK_THAT(fault_of(text + "1234", text.size()), Contains("ends 4 bytes before its end"));
    CHECK_THAT(fault_of(text + "1234567890", text.size()), Contains("2 bytes more"));
    CHECK_THAT(fault_of(text, text.size() + 1), Contains("and the body has"));
    const auto short_one = tensor(R"(,"shape":[2],"parameters":{"binary_data_size":4})");
    CHECK_THAT(fault_of(short_one + "1234", short_one.size()),
               Contains("4 bytes for the shape (2) of FP32, which has 8"));
}

TEST_CASE("bytes or JSON, probabilities or logits, few batches or many: the same choice",
          "[stages]") {
    SmallPool pool;
    StandInModelServer server;
    const auto picks = [&](const std::string& more) {
        return picks_of(pool.run(stages_for(server.url(), "planes", more), one_round));
    };
    const auto expected = picks(planes);
    REQUIRE(expected.size() == 5);
    CHECK(picks("probabilities: probabilities, tensors: json") == expected);
    CHECK(picks("probabilities: logits, logits: true, batch: 1, in_flight: 9") == expected);
    CHECK(picks("probabilities: probabilities, batch: 1000, in_flight: 1") == expected);
    server.stop();
    CHECK(server.models().binary() > 0);
    CHECK(server.models().binary() < server.models().asked());
}

TEST_CASE("tensors go as bytes to servers that say they can, and as JSON to others", "[stages]") {
    SmallPool pool;
    const auto binary = [&](const std::string& description, const std::string& more = "") {
        StandInModelServer server;
        server.models().description = description;
        pool.run(stages_for(server.url(), "planes", planes + more), one_round);
        server.stop();
        REQUIRE(server.models().asked() > 0);
        return server.models().binary() == server.models().asked();
    };
    CHECK(binary(R"({"name":"triton","extensions":["classification","binary_tensor_data"]})"));
    // MLServer 1.7 answers so, and 500 to bytes.
    CHECK_FALSE(binary(R"({"name":"mlserver","version":"1.7.1","extensions":[]})"));
    CHECK_FALSE(binary(""));
    CHECK_FALSE(binary("<html>"));
    CHECK_FALSE(binary(R"({"extensions":"binary_tensor_data"})"));
    CHECK(binary("", ", tensors: binary"));
}

TEST_CASE("as many batches as allowed are under way, and the token is sent", "[stages]") {
    SmallPool pool;
    StandInModelServer server;
    server.models().mishap = [](std::size_t) {
        Mishap slow;
        slow.delay = std::chrono::milliseconds(20);
        return slow;
    };
    pool.run(stages_for(server.url(),
                        "planes",
                        "probabilities: probabilities, batch: 2, in_flight: 3, token: open-sesame"),
             one_round);
    server.stop();
    CHECK(server.models().most_at_once() == 3);
    CHECK(server.models().last_headers().get("Authorization") == "Bearer open-sesame");
}

TEST_CASE("what goes into the model may be an array, its rows in any order", "[stages]") {
    SmallPool pool;
    StandInModelServer server;
    std::string names = write_inputs(pool, 31.1F);  // the nearest to 0: 31, then 30 and 32
    const std::string from = "probabilities: probabilities, inputs: x.npy, names: ";
    const auto result = pool.run(stages_for(server.url(), "planes", from + "names.txt"), one_round);
    for (const auto& name : picks_of(result)) {
        CHECK(name >= "s25.jpg");
        CHECK(name <= "s38.jpg");
    }
    pool.folder().write("few.txt", names.substr(8));
    CHECK_THAT(pool.error_of(stages_for(server.url(), "planes", from + "few.txt"), one_round),
               Contains("few.txt: 59 names, and") && Contains("x.npy has 60 rows"));
    names.replace(0, 3, "t59");
    pool.folder().write("other.txt", names);
    CHECK_THAT(pool.error_of(stages_for(server.url(), "planes", from + "other.txt"), one_round),
               Contains("other.txt:1: 1 sample not in dataset 'small': t59.jpg"));
    CHECK_THAT(pool.error_of(stages_for(server.url(), "planes", "inputs: x.npy"), one_round),
               Contains("needs 'names'"));
}

TEST_CASE("a server that is busy or breaks off is asked again", "[stages]") {
    SmallPool pool;
    StandInModelServer server;
    const auto calm = picks_of(pool.run(stages_for(server.url(), "planes", planes), one_round));
    const auto before = server.models().asked();
    server.models().mishap = [before](std::size_t nth) {
        Mishap mishap;
        if (nth == before + 1) mishap.status = 503;
        if (nth == before + 3) mishap.status = 429;
        mishap.headers.set("Retry-After", "1");
        return mishap;
    };
    const auto begin = std::chrono::steady_clock::now();
    CHECK(picks_of(pool.run(stages_for(server.url(), "planes", planes), one_round)) == calm);
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::seconds(1));
    server.stop();
    CHECK(server.models().asked() == 2 * before + 2);
}

TEST_CASE("a server that stays busy or silent or away ends the round, by name", "[stages]") {
    Mishap busy;
    busy.status = 503;
    const auto error = error_with(busy);
    CHECK_THAT(error, Contains("model server http://127.0.0.1:") && Contains("model 'planes'"));
    CHECK_THAT(error, Contains("batch ") && Contains(".jpg' to '"));
    CHECK_THAT(error, Contains("answered 503: told to (2 tries)"));

    Mishap late;
    late.delay = std::chrono::milliseconds(1500);
    CHECK_THAT(error_with(late, planes + ", answer_within: 300ms, attempts: 2"),
               Contains("batch ") && Contains("(2 tries)"));

    SmallPool pool;
    StandInModelServer gone;
    gone.stop();
    CHECK_THAT(pool.error_of(stages_for(gone.url(), "planes", planes + ", attempts: 1"), one_round),
               Contains(gone.url()) && Contains("(1 tries)"));
}

TEST_CASE("refusals are not repeated", "[stages]") {
    SmallPool pool;
    StandInModelServer server;
    CHECK_THAT(
        pool.error_of(stages_for(server.url(), "none", planes + ", in_flight: 1"), one_round),
        Contains("answered 404: no model 'none'"));
    CHECK_THAT(
        pool.error_of(stages_for(server.url(), "planes", "input: pixels, in_flight: 1"), one_round),
        Contains("answered 400: give one input 'input' of FP32"));
    server.stop();
    CHECK(server.models().asked() == 2);
}

TEST_CASE("wrong answers end the round with the server and the batch and the rule", "[stages]") {
    const auto tensor = [](const std::string& shape, const std::string& data) {
        return R"({"outputs":[{"name":"probabilities","datatype":"FP32","shape":)" + shape +
               ",\"data\":" + data + "}]}";
    };
    const auto malformed = error_with_body("{\"outputs\":");
    CHECK_THAT(malformed, Contains("model 'planes', batch ") && Contains("malformed JSON"));
    CHECK_THAT(error_with_body(R"({"outputs":[]})"),
               Contains("batch ") && Contains("output 'probabilities' is missing"));
    CHECK_THAT(error_with_body(tensor("[1,2]", "[0.5,0.5]")),
               Contains("output 'probabilities' is (1, 2), and must be (samples, classes) of"));
    CHECK_THAT(error_with_body(tensor("[7,2]", "[0.5]")),
               Contains("1 values for the shape (7, 2)"));
    CHECK_THAT(error_with_body(tensor("[7]", "[2,2,2,2,2,2,2]")),
               Contains("model 'planes', batch ") && Contains("sample 's"));
    SmallPool pool;
    StandInModelServer server;
    CHECK_THAT(pool.error_of(stages_for(server.url(), "planes", "batch: 7"), one_round),
               Contains("there are the outputs probabilities, logits; say which"));
}

TEST_CASE("NaN is a record that failed, never a zero", "[stages]") {
    SmallPool pool;
    StandInModelServer server;
    const auto with = [&](const std::string& policies) {
        return stages_for(
            server.url(), "broken", "probabilities: probabilities, batch: 7", policies);
    };
    CHECK_THAT(pool.error_of(with("needs: []"), one_round),
               Contains("model 'broken', batch ") && Contains("sample 's"));
    const auto result = pool.run(with("on_error: quarantine"), one_round);
    REQUIRE(result.history.failed.size() == 1);
    CHECK(result.history.failed[0].records >= 6);
    CHECK(read_quarantine(pool.folder() / "run-2").size() == result.history.failed[0].records);
}

}  // namespace trommel
