// The server's settings: what reads them and their JSON Schema agree on every shape.
#include "cli/settings/server_config.hpp"
#include "schema/documents.hpp"
#include "schema/validator.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/definition/schema/json_schema.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace trommel {
namespace {

namespace json = boost::json;
using test::TempDir;

const json::value& server_schema() {
    static const json::value schema = json_schema(cli::server_info(), "settings of trommel serve");
    return schema;
}

const test::Validator& validator() {
    static const test::Validator compiled(server_schema());
    return compiled;
}

class Settings {
public:
    Settings() {
        for (const auto* name : {"token", "key.pem", "certificate.pem"})
            std::filesystem::permissions(folder_.write(name, "a-token-of-22-letters-"),
                                         std::filesystem::perms::owner_read);
    }

    /// What is wrong with them; empty if nothing is.
    std::string objection(const json::value& document) const {
        const auto file = folder_.write("server.yaml", test::written(document));
        std::filesystem::permissions(
            file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        try {
            cli::read_server_config(file);
            return {};
        } catch (const ConfigError& error) {
            return error.what();
        }
    }

private:
    mutable TempDir folder_;
};

/// Whether a schema could say one of them.
bool are_of_shape(const std::string& errors) {
    if (errors.find("7d at most") != std::string::npos) return false;
    for (const auto* code : {"unknown-key",
                             "missing-key",
                             "wrong-type",
                             "wrong-value",
                             "bad-size",
                             "bad-duration",
                             "bad-role"})
        if (errors.find("error[" + std::string(code) + "]") != std::string::npos) return true;
    return false;
}

std::string disagreement(const Settings& settings, const json::value& document) {
    const auto read = settings.objection(document);
    const auto objection = validator().objection(document);
    if (read.empty() && !objection.empty()) return "only the schema: " + objection;
    if (are_of_shape(read) && objection.empty()) return "only the reader: " + read;
    return {};
}

/// Every key.
json::value everything() {
    return test::read_as_json(TROMMEL_SOURCE_DIR "/tests/schema/every_setting.yaml");
}

}  // namespace

TEST_CASE("the schema takes the settings that come with trommel", "[schema]") {
    const auto shipped = test::read_as_json(TROMMEL_SOURCE_DIR "/config/server.yaml");
    CHECK(validator().objection(shipped) == "");
    CHECK(validator().objection(everything()) == "");
    CHECK(Settings().objection(everything()) == "");
}

TEST_CASE("the schema's defaults are those of the settings that come with trommel", "[schema]") {
    const auto shipped = test::read_as_json(TROMMEL_SOURCE_DIR "/config/server.yaml");
    for (const auto& [key, value] : shipped.as_object()) {
        const auto& known = server_schema().at("properties").at(key);
        if (const auto* map = value.if_object()) {
            for (const auto& [inner, setting] : *map)
                CHECK(known.at("properties").at(inner).at("default") == setting);
        } else {
            CHECK(known.at("default") == value);
        }
    }
}

TEST_CASE("reader and schema agree on all that is nearly a file of settings", "[schema]") {
    const Settings settings;
    std::vector<std::string> disagreements;
    const auto look = [&](const test::Mutant& mutant) {
        const auto found = disagreement(settings, mutant.document);
        if (!found.empty())
            disagreements.push_back(mutant.place + ", " + mutant.change + ": " + found);
    };
    test::for_each_mutant(everything(), "", look);
    test::for_each_mutant(test::read_as_json(TROMMEL_SOURCE_DIR "/config/server.yaml"), "", look);
    for (const auto& found : disagreements) UNSCOPED_INFO(found);
    CHECK(disagreements.empty());
}

TEST_CASE("what the schema describes has the shape of settings", "[schema]") {
    const Settings settings;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const auto document = test::Generator(server_schema(), seed).document();
        if (!validator().objection(document).empty()) continue;
        const auto read = settings.objection(document);
        INFO(json::serialize(document) << read);
        CHECK_FALSE(are_of_shape(read));
    }
}

}  // namespace trommel
