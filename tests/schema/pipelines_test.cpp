// Lint and the JSON Schema of pipeline files agree on every shape. What a schema cannot say, such
// as graph, names, files and expressions, is told by the codes of lint's errors.
#include "schema/documents.hpp"
#include "schema/validator.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/definition/schema/json_schema.hpp"
#include "trommel/stages/stages.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace trommel {
namespace {

namespace json = boost::json;

const std::filesystem::path folder = std::filesystem::path(TROMMEL_SOURCE_DIR) / "pipelines";

const Registry& registry() {
    static const Registry stages = stages::all_stages();
    return stages;
}

const json::value& pipeline_schema() {
    static const json::value schema = json_schema(registry());
    return schema;
}

const test::Validator& validator() {
    static const test::Validator compiled(pipeline_schema());
    return compiled;
}

bool speaks_of(const Diagnostic& found, std::string_view text) {
    return found.message.find(text) != std::string::npos;
}

/// Whether a schema could say it.
bool is_of_shape(const Diagnostic& found, bool is_overlay) {
    // What the file below may have, or has to have.
    if (is_overlay && (found.code == "missing-key" || found.code == "missing-option" ||
                       found.code == "empty-value" || found.code == "ambiguous"))
        return false;
    if (speaks_of(found, "which is not a param")) return false;  // names
    if (is_overlay && speaks_of(found, "the platform has no key")) return false;
    if (speaks_of(found, "'command' must be") && speaks_of(found, "not a list")) return false;
    if (speaks_of(found, "true or false is expected")) return false;  // expressions
    if (speaks_of(found, "'${")) return false;                        // a reference to nothing
    if (speaks_of(found, "'every' must be from")) return false;       // between two values
    if (speaks_of(found, "'jitter' must be shorter")) return false;   // of other keys
    if (speaks_of(found, "'within' must be at most")) return false;
    for (const auto* code : {"unknown-key",
                             "missing-key",
                             "missing-option",
                             "wrong-type",
                             "unknown-choice",
                             "empty-value",
                             "ambiguous",
                             "unknown-version",
                             "unknown-stage-type"})
        if (found.code == code) return true;
    return false;
}

struct Linted {
    bool is_good = true;
    std::string shape{};  ///< its errors that a schema could say
    std::string all{};
};

Linted lint(const json::value& document) {
    const SourceText source{(folder / "document.yaml").string(), test::written(document)};
    Diagnostics diagnostics;
    read_pipeline(source, folder, registry(), {}, diagnostics);
    Linted linted;
    linted.is_good = !diagnostics.has_errors();
    const bool is_overlay = document.is_object() && document.as_object().contains("extends");
    for (const auto& found : diagnostics.sorted()) {
        if (found.severity != Severity::error) continue;
        const auto line = found.code + ": " + found.message + '\n';
        linted.all += line;
        if (is_of_shape(found, is_overlay)) linted.shape += line;
    }
    return linted;
}

void set_environment() {
    setenv("TROMMEL_TOKEN", "a-long-secret-of-22-letters", 1);
    setenv("TROMMEL_HOOK_SECRET", "whsec_YS1zZWNyZXQtb2YtMjQtYnl0ZXMtMTIzNDU=", 1);
}

/// Values of params count where they are put in, which a schema does not see.
bool holds_params(const std::string& place) {
    return place.starts_with("/params") || place.starts_with("/baseline") ||
           place.starts_with("/matrix") || place.find("/params") != std::string::npos;
}

/// What lint and the schema say of it where they disagree; empty where they agree.
std::string disagreement(const json::value& document, const std::string& place) {
    const auto linted = lint(document);
    const auto objection = validator().objection(document);
    if (linted.is_good && !objection.empty()) return "only the schema: " + objection;
    if (linted.is_good || holds_params(place)) return {};
    if (!linted.shape.empty() && objection.empty()) return "only lint: " + linted.shape;
    return {};
}

/// Of every `step` mutants one, for time.
void check_mutants(const json::value& whole, std::size_t step) {
    std::size_t count = 0;
    std::vector<std::string> disagreements;
    test::for_each_mutant(whole, "one", [&](const test::Mutant& mutant) {
        if (count++ % step != 0) return;
        const auto found = disagreement(mutant.document, mutant.place);
        if (!found.empty())
            disagreements.push_back(mutant.place + ", " + mutant.change + ": " + found);
    });
    for (const auto& found : disagreements) UNSCOPED_INFO(found);
    CHECK(disagreements.empty());
    CHECK(count > 100);
}

/// Every section with every key, to mutate.
json::value everything() {
    return test::read_as_json(TROMMEL_SOURCE_DIR "/tests/schema/everything.yaml");
}

}  // namespace

TEST_CASE("the schema takes every pipeline that comes with trommel", "[schema]") {
    set_environment();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".yaml") continue;
        INFO(entry.path());
        const auto document = test::read_as_json(entry.path());
        CHECK(lint(document).all == "");
        CHECK(validator().objection(document) == "");
    }
    CHECK(lint(everything()).all == "");
    CHECK(validator().objection(everything()) == "");
}

TEST_CASE("lint and the schema agree on all that is nearly a pipeline of ours", "[schema]") {
    set_environment();
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".yaml") {
            INFO(entry.path());
            check_mutants(test::read_as_json(entry.path()), 31);
        }
}

TEST_CASE("lint and the schema agree on all that is nearly a file of every section", "[schema]") {
    set_environment();
    check_mutants(everything(), 7);
}

TEST_CASE("what the schema describes has the shape of a pipeline", "[schema]") {
    set_environment();
    std::size_t valid = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        auto document = test::Generator(pipeline_schema(), seed).document();
        for (const auto* values_of_params : {"params", "baseline", "matrix", "tests"})
            document.as_object().erase(values_of_params);
        if (!validator().objection(document).empty()) continue;  // of rules between keys
        ++valid;
        const auto linted = lint(document);
        INFO(json::serialize(document));
        CHECK(linted.shape == "");
    }
    CHECK(valid > 20);
}

// ------------------------------------------------------------------- where they once disagreed

TEST_CASE("a reference may mean a number wherever lint takes one", "[schema]") {
    auto document = test::read_as_json(folder / "nightly.yaml");
    auto& root = document.as_object();
    root["params"].as_object()["few"] = 2;
    const json::value few = "${params.few}";
    root["limits"] = {{"disk", {{"rate", "5/s"}, {"burst", few}, {"parallel", few}}}};
    root["defaults"] = {{"retry", {{"attempts", few}}}, {"buffer", {{"count", few}}}};
    root["dataset"].as_object()["holdout"] = {{"random", {{"n", few}}}};
    CHECK(lint(document).all == "");
    CHECK(validator().objection(document) == "");
}

TEST_CASE("a file over another may take keys of it away", "[schema]") {
    set_environment();
    const auto document = test::read_as_json(folder / "nightly-server.yaml");
    CHECK(lint(document).all == "");
    CHECK(validator().objection(document) == "");
}

TEST_CASE("a platform that is nothing is refused by both", "[schema]") {
    auto document = test::read_as_json(folder / "nightly.yaml");
    document.as_object()["platform"] = json::object{};
    CHECK(lint(document).shape == "missing-key: the platform needs the key 'embedded'\n");
    CHECK(validator().objection(document) != "");
}

TEST_CASE("texts may look like numbers", "[schema]") {
    auto document = test::read_as_json(folder / "nightly.yaml");
    document.as_object()["dataset"].as_object()["classes"] = {0, 1, true};
    CHECK(lint(document).all == "");
    CHECK(validator().objection(document) == "");
}

}  // namespace trommel
