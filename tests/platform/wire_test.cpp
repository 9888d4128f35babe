// What one side writes by a table, the other reads by the same.
#include "support/full_job.hpp"
#include "trommel/core/text.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

namespace trommel::test {

namespace {

boost::json::object parsed(const std::string& json) { return boost::json::parse(json).as_object(); }

template <typename Record>
Record sent(const Record& record) {
    return wire::from_json<Record>(parsed(wire::to_json(record)));
}

template <typename Record>
std::string refusal_of(const std::string& json) {
    try {
        wire::from_json<Record>(parsed(json));
    } catch (const DataError& error) {
        return error.what();
    }
    return "none";
}

const Timestamp noon{std::chrono::milliseconds(1'700'000'000'123)};

}  // namespace

TEST_CASE("every field of a request that is on the wire arrives", "[wire]") {
    auto request = full_request(DatasetId("dataset-id"), TagId("query-id"));
    check_full(request, request_fields);
    check_same(sent(request), request, request_fields, true);

    request = SamplingRequest{.new_tag_name = "next"};
    request.samples.reset();
    check_same(sent(request), request, request_fields, true);
}

TEST_CASE("Lightly's methods use their own names, strategies by theirs", "[wire]") {
    SamplingRequest request{.new_tag_name = "next"};
    request.strategy = {.name = "coral"};
    CHECK(parsed(wire::to_json(request)).at("method") == "CORAL");
    CHECK(sent(request).strategy == request.strategy);
    request.strategy.settings = {{"combine", "sum"}};
    CHECK(parsed(wire::to_json(request)).at("strategy") == "coral");
    CHECK(sent(request).strategy == request.strategy);

    const auto with = [](const std::string& members) {
        return refusal_of<SamplingRequest>(R"({"newTagName":"a")" + members + "}");
    };
    CHECK(with("") == "give either 'strategy' or 'method'");
    CHECK(with(R"(,"method":"CORAL","strategy":"coral")") == "give either 'strategy' or 'method'");
    CHECK(with(R"(,"strategy":"coral","settings":{"a":[]})") ==
          "the setting 'a' has to be text or a number");
    CHECK(with(R"(,"method":"CORAL","round":4294967296)") ==
          "'round' has to be a whole number from 0 to 4294967295");
    CHECK(with(R"(,"method":"CORAL","nSamples":4294967296)") ==
          "'nSamples' has to be a whole number from 0 to 4294967295");
}

TEST_CASE("a job's status arrives with every field of its outcome", "[wire]") {
    JobStatus status{.id = JobId("job-id"),
                     .dataset = DatasetId("dataset-id"),
                     .state = JobState::finished,
                     .progress = {.picks = 3, .wanted = 5},
                     .result = TagId("tag-id"),
                     .outcome = full_outcome(),
                     .error = "no space",
                     .created_at = noon,
                     .finished_at = noon};
    check_full(status.outcome, outcome_fields);
    check_same(sent(status), status, wire::fields<JobStatus>);
    status = JobStatus{.id = JobId("job-id")};
    check_same(sent(status), status, wire::fields<JobStatus>);
}

TEST_CASE("a server's words for a job that a client does not know are none", "[wire]") {
    const auto job = [](const std::string& more) {
        return wire::from_json<JobStatus>(parsed(R"({"id":"a","state":"UNKNOWN")" + more + "}"));
    };
    CHECK(job("").state == JobState::waiting);
    CHECK(job(R"(,"ending":"bored")").outcome.stop_reason == std::nullopt);
    CHECK(job(R"(,"recall":null,"result":"")").result == std::nullopt);
    CHECK(job(R"(,"picks":5.0)").progress.picks == 5);
    CHECK(refusal_of<JobStatus>(R"({"id":"a","state":"LATE"})") ==
          "'LATE' is not a state of a job");
    CHECK(refusal_of<JobStatus>(R"({"state":"WAITING"})") == "it has no text 'id'");
    CHECK(refusal_of<JobStatus>(R"({"id":"a","state":"WAITING","recall":"x"})") ==
          "'recall' is not a number");
}

TEST_CASE("a tag is written as clients of every age read it", "[wire]") {
    Tag tag{.id = TagId("t"),
            .dataset = DatasetId("d"),
            .name = "a \"b\"",
            .mask = BitMask::first(5),
            .total = 7,
            .created_at = noon};
    CHECK(wire::to_json(tag) ==
          R"({"id":"t","datasetId":"d","prevTagId":null,"name":"a \"b\"","bitMaskData":"0x1f",)"
          R"("totSize":7,"createdAt":1700000000123})");
    check_same(sent(tag), tag, wire::fields<Tag>);
    tag.previous = tag.query = tag.preselected = TagId("p");
    check_same(sent(tag), tag, wire::fields<Tag>);
}

TEST_CASE("a record within another is read and written with it", "[wire]") {
    wire::LightlySampling sampling{.new_tag_name = "next", .method = SamplingMethod::random};
    CHECK(wire::to_json(sampling) ==
          R"({"newTagName":"next","method":"RANDOM","config":{"stoppingCondition":{}}})");
    sampling.config.stop = {.samples = 16, .min_distance = 0.5};
    const auto read = sent(sampling);
    CHECK(read.method == SamplingMethod::random);
    CHECK(read.config.stop.samples == 16);
    CHECK(read.config.stop.min_distance == 0.5);
    CHECK(wire::from_json<wire::LightlySampling>(
              parsed(R"({"newTagName":"a","method":"CORAL","config":null})"))
              .config.stop.samples == std::nullopt);
}

}  // namespace trommel::test
