// What clients gave to be kept that lets its bearer into something else.
#include "server/resources/administration/kept_secrets.hpp"

#include "server/access/vault.hpp"
#include "server/server_bench.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/server/observe/log.hpp"

#include <catch2/catch.hpp>

namespace trommel::server {

namespace {

using Catch::Contains;
using test::Pool;
using test::ServerBench;

const std::string bucket =
    R"({"type":"S3","fullPath":"s3://bucket/x","purpose":"INPUT","s3Region":"eu",)"
    R"("s3AccessKeyId":"AKIA-key-id","s3SecretAccessKey":"the-bucket-key"})";

/// What of the answer lets somebody in.
bool tells(const std::string& text) {
    for (const auto* secret : {"the-bucket-key", "AKIA-key-id", "second-key"})
        if (text.find(secret) != std::string::npos) return true;
    return false;
}

bool stands_on_disk(const ServerBench& bench, const std::string& text) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.folder().path()))
        if (entry.is_regular_file() && read_file(entry.path()).find(text) != std::string::npos)
            return true;
    return false;
}

store::Document plain_datasource(const std::string& dataset) {
    return {.id = new_id(),
            .kind = datasource_kind,
            .dataset = DatasetId(dataset),
            .owner = {},
            .key = "INPUT",
            .body = bucket,
            .created_at = Timestamp{},
            .changed_at = Timestamp{}};
}

}  // namespace

TEST_CASE("what was sealed opens in its place and under its secret alone", "[server]") {
    const test::TempDir folder;
    const Vault vault(Secret::load_or_make(folder / "one"));
    const Vault other(Secret::load_or_make(folder / "two"));
    for (const std::string& text :
         std::vector<std::string>{"", "a", "{\"a\":1}", std::string(100'000, 'x')}) {
        const auto sealed = vault.seal(text, "here");
        CHECK(Vault::is_sealed(sealed));
        CHECK(vault.open(sealed, "here") == text);
        CHECK(vault.seal(text, "here") != sealed);
        CHECK_THROWS_WITH(vault.open(sealed, "there"), Contains("another secret"));
        CHECK_THROWS_WITH(other.open(sealed, "here"), Contains("'secret'"));
    }
    const auto sealed = vault.seal("the text", "here");
    for (std::size_t i = std::string("sealed1:").size(); i < sealed.size(); ++i) {
        auto broken = sealed;
        broken[i] = broken[i] == 'A' ? 'B' : 'A';
        CHECK_THROWS_AS(vault.open(broken, "here"), ApiError);
    }
    CHECK_THROWS_AS(vault.open("sealed1:", "here"), ApiError);
    CHECK(vault.open("{}", "anywhere") == "{}");
}

TEST_CASE("no answer has a bucket's key, and no file", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = pool.path + "/datasource";
    REQUIRE(bench.put(path, bucket).status == 200);
    for (const auto* query : {"?purpose=INPUT", "/all"}) {
        const auto answer = bench.get(path + query);
        CHECK(answer.status == 200);
        CHECK_FALSE(tells(answer.text));
        // Strict clients want the members to be there.
        CHECK_THAT(answer.text, Contains(R"("s3SecretAccessKey":"********")"));
        CHECK_THAT(answer.text, Contains(R"("fullPath":"s3://bucket/x")"));
    }
    CHECK_FALSE(stands_on_disk(bench, "the-bucket-key"));
    bench.reopen();
    CHECK(bench.get(path + "?purpose=INPUT").field("s3Region") == "eu");
}

TEST_CASE("what a client was shown it may send back, and the key stays", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const auto path = pool.path + "/datasource";
    auto masked = bucket;
    for (const std::string secret : {"AKIA-key-id", "the-bucket-key"})
        masked.replace(masked.find(secret), secret.size(), "********");
    CHECK(bench.put(path, masked).status == 422);
    CHECK(bench.put(path, bucket).status == 200);
    CHECK(bench.put(path, masked).status == 200);
    const auto stored = store::open_served_sqlite(bench.database());
    const Vault vault(Secret::load_or_make(bench.folder() / "server/secret"));
    const auto documents = stored->documents({.kind = datasource_kind, .dataset = {}, .owner = {}});
    REQUIRE(documents.size() == 1);
    CHECK(opened(vault, documents[0]).at("s3SecretAccessKey") == "the-bucket-key");
}

TEST_CASE("what was kept in plain is encrypted at the next start", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    store::open_served_sqlite(bench.database())->put_document(plain_datasource(pool.dataset));
    const auto path = pool.path + "/datasource?purpose=INPUT";
    CHECK_FALSE(tells(bench.get(path).text));
    bench.reopen();
    CHECK_FALSE(tells(bench.get(path).text));
    const auto kept = store::open_served_sqlite(bench.database())
                          ->documents({.kind = datasource_kind, .dataset = {}, .owner = {}});
    REQUIRE(kept.size() == 1);
    CHECK(Vault::is_sealed(kept[0].body));
}

TEST_CASE("another secret is told of with the way out", "[server]") {
    const test::TempDir logs;
    auto log = std::make_unique<Log>(LogOptions{.file = logs / "log"});
    ServerOptions options;
    options.log = log.get();
    ServerBench bench(options);
    const Pool pool(bench);
    const auto path = pool.path + "/datasource";
    REQUIRE(bench.put(path, bucket).status == 200);
    std::filesystem::remove(bench.folder() / "server/secret");
    bench.reopen();
    const auto refused = bench.get(path + "?purpose=INPUT");
    CHECK(refused.status == 409);
    CHECK_THAT(refused.text, Contains("send it anew"));
    // A list is read while it is sent, so that its failure ends it.
    CHECK_THROWS_WITH(bench.get(path + "/all"), Contains("send it anew"));
    CHECK(bench.put(path, bucket).status == 200);
    CHECK(bench.get(path + "?purpose=INPUT").status == 200);
    bench.close();
    log.reset();
    CHECK_THAT(read_file(logs / "log"), Contains("another secret"));
}

TEST_CASE("what kinds of datasources hide is hidden, also what nobody thought of", "[server]") {
    const auto shown = [](const char* body) {
        return boost::json::serialize(shown_datasource(boost::json::parse(body)));
    };
    for (const auto* body :
         {R"({"type":"GCS","gcsCredentials":"{\"private_key\":\"second-key\"}"})",
          R"({"type":"GCS","gcsCredentials":{"private_key":"second-key"}})",
          R"({"type":"AZURE","accountName":"a","accountKey":"second-key"})",
          R"({"type":"OBS","obsSecretAccessKey":"second-key"})",
          R"({"type":"NEW","anything":"second-key"})",
          R"({"type":"NEW","deep":[{"x":"second-key"}]})",
          R"({"fullPath":"https://a.example/c?sig=second-key"})",
          R"({"fullPath":"https://me:second-key@a.example/c"})"})
        CHECK_FALSE(tells(shown(body)));
}

TEST_CASE("a worker's configuration is shown without what lets in", "[server]") {
    ServerBench bench;
    const auto made =
        bench.post("/v1/docker/worker/config",
                   R"({"config":{"workerType":"FULL","docker":{"apiToken":"second-key",
            "webhook_url":"https://x/second-key","stoppingCondition":{"nSamples":5}},
            "url":"https://u:second-key@h/p?token=second-key","list":[{"password":"second-key"}]}})");
    REQUIRE(made.status == 201);
    const auto shown = bench.get("/v1/docker/worker/config/" + made.id());
    CHECK_FALSE(tells(shown.text));
    CHECK_THAT(shown.text, Contains(R"("workerType":"FULL")") && Contains(R"("nSamples":5)"));
    CHECK_FALSE(stands_on_disk(bench, "second-key"));
}

TEST_CASE("of who else has access nothing is kept but what is shown", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    CHECK(bench
              .post(pool.path + "/collaboration/access",
                    R"({"accessType":"WRITE","users":["a@b.ch"],"token":"second-key"})")
              .status == 201);
    CHECK_FALSE(stands_on_disk(bench, "second-key"));
}

}  // namespace trommel::server
