// `trommel serve` as a service: its settings, who may reach it, API and schedules at once.

#include "cli/serving.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/digest.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using test::serving;
using test::shell;
using test::TempDir;

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;

}  // namespace

TEST_CASE("serve answers at once, and runs the schedules of its files", "[cli]") {
    TempDir folder;
    folder.write("p.yaml",
                 "version: 1\nname: digits\ndataset: {name: digits, embeddings: " + source +
                     "/pipelines/data/digits.csv}\nstate: {labeled: {init: {random: 5}}}\n"
                     "stages: {fetch: {uses: fetch_tag}}\nschedule: {every: 1s}\n");

    const auto end = shell(serving(folder.path(),
                                   "p.yaml --data data --listen 127.0.0.1:0",
                                   "curl -sS $url/healthz; echo; for i in $(seq 1200); do grep -q "
                                   "succeeded log && break; sleep 0.05; done"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains(R"({"status":"ok"})") && Contains(" succeeded; data/runs/digits-") &&
                   EndsWith(" serve: stopped\n"));
}

TEST_CASE("serve takes its settings from a file, and the command line goes before", "[cli]") {
    TempDir folder;
    folder.write("token", "a-token-from-a-file\n");
    folder.write("server.yaml",
                 "listen: 127.0.0.1:1\ndata: kept\nlog_calls: true\n"
                 "tokens: [{name: me, role: read, file: token}]\nlimits: {body: 1kB}\n");
    const std::string ask = "curl -sS -o answer -w '%{http_code} ' $url/v1/datasets?token=";

    const auto end = shell(serving(folder.path(),
                                   "--config server.yaml --listen 127.0.0.1:0",
                                   ask + "a-token-from-a-file; " + ask + "other; " + ask +
                                       "a-token-from-a-file -d '{\"name\":\"abc\"}'"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("200 401 403 ") && Contains("GET /v1/datasets 200 "));
    CHECK_THAT(end.output, !Contains("a-token-from"));
    CHECK(std::filesystem::exists(folder / "kept/server/platform.db"));
}

TEST_CASE("serve is in front of another server, with tokens of its own", "[cli]") {
    TempDir folder;
    folder.write("upstream-token", "token-of-upstream\n");
    const std::string behind =
        "cd " + folder.path().string() + "; " + program +
        " serve --data behind --listen 127.0.0.1:0 --token token-of-upstream 2> log_behind & "
        "behind=$!; cd " +
        folder.path().string() +
        "; for i in $(seq 1200); do up=$(sed -n 's/.*answers at //p' log_behind 2> /dev/null); "
        "[ -n \"$up\" ] && break; sleep 0.05; done; "
        "echo \"platform: {url: '$up', token_file: upstream-token}\" > server.yaml; ";
    const std::string status = "curl -sS -o answer -w '%{http_code} ' ";

    const auto end = shell(
        behind +
        serving(folder.path(),
                "--config server.yaml --data front --listen 127.0.0.1:0 --token our-own-token-here",
                status +
                    "-d '{\"name\":\"road signs\"}' $url/v1/datasets?token=our-own-token-here; " +
                    status +
                    "$url/v1/datasets?token=token-of-upstream; curl -sS "
                    "$up/v1/datasets?token=token-of-upstream; echo; "
                    "kill -TERM $behind; wait $behind; " +
                    status + "$url/v1/datasets?token=our-own-token-here; cat answer; echo"));

    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("201 401 [") && Contains("\"name\":\"road signs\"") && Contains("503 {") &&
                   Contains("cannot connect") &&
                   Contains("serve: forwards calls to http://127.0.0.1:"));
    CHECK(std::filesystem::exists(folder / "front/server/server.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "front/server/platform.db"));
}

TEST_CASE("all that is wrong with the settings is said at once", "[cli]") {
    TempDir folder;
    folder.write("server.yaml",
                 "listen: somewhere\nlog_cals: true\nurl_lifetime: soon\n"
                 "tokens: [{name: me, role: king, sha256: abc}]\nlimits: {connections: 0}\n"
                 "platform: {token_file: nowhere, tokn: x}\n");
    const auto end =
        shell("cd " + folder.path().string() + "; " + program + " serve --config server.yaml");
    CHECK(end.code == 2);
    CHECK_THAT(end.output,
               Contains("server.yaml:1:9: error[bad-address]") &&
                   Contains("did you mean 'log_calls'?") && Contains("error[bad-duration]") &&
                   Contains("printf %s TOKEN | sha256sum") && Contains("read, write or admin") &&
                   Contains("a whole number from 1 to 1000000") &&
                   Contains("platform needs the 'url'") && Contains("did you mean 'token'?") &&
                   Contains("error[unreadable-file]"));
}

TEST_CASE("other machines are not served without a token", "[cli]") {
    TempDir folder;
    const auto serve =
        "cd " + folder.path().string() + "; " + program + " serve --listen 0.0.0.0:0";
    const auto end = shell(serve);
    CHECK(end.code == 2);
    CHECK_THAT(end.output, Contains("asks for no token") && Contains("--token"));
    const auto guarded =
        shell(serving(folder.path(), "--listen 0.0.0.0:0 --token a-token-for-strangers", "true"));
    CHECK(guarded.code == 0);
    for (const auto* listen : {"127.0.0.1", ":80", "127.0.0.1:port", "127.0.0.1:99999"})
        CHECK_THAT(shell(program + " serve --listen " + listen).output,
                   Contains("is not an address to listen at"));
}

TEST_CASE("the settings that come with trommel are its defaults", "[cli]") {
    TempDir folder;
    const auto end = shell(serving(folder.path(),
                                   "--config " + source +
                                       "/config/server.yaml --data data "
                                       "--listen 127.0.0.1:0",
                                   "curl -sS $url/v1/quota"));
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("\"1000000000\""));
}

TEST_CASE("serve does not start with a token that is empty, blank or short", "[cli]") {
    TempDir folder;
    const auto in_folder = "cd " + folder.path().string() + "; unset TROMMEL_TOKEN; ";
    const auto serve = program + " serve --listen 0.0.0.0:0 ";
    for (const auto* content : {"", "\n", "  \n", "short\n", "sixteen letters with blanks\n"}) {
        folder.write("ops.token", content);
        folder.write("server.yaml", "tokens: [{name: ops, role: admin, file: ops.token}]\n");
        const auto end = shell(in_folder + serve + "--config server.yaml");
        CHECK(end.code == 2);
        CHECK_THAT(end.output, Contains("ops.token"));
        folder.write("front.yaml", "platform: {url: 'http://h', token_file: ops.token}\n");
        CHECK_THAT(shell(in_folder + serve + "--config front.yaml").output, Contains("ops.token"));
        const auto given = "'" + std::string(content) + "'";
        CHECK(shell(in_folder + serve + "--token " + given).code == 2);
        CHECK(shell(in_folder + "TROMMEL_TOKEN=" + given + " " + serve).code == 2);
    }
    for (const auto* text : {"", "\n", " "}) {
        folder.write("server.yaml",
                     "tokens: [{name: ops, role: admin, sha256: " + sha256(text) + "}]\n");
        const auto end = shell(in_folder + serve + "--config server.yaml");
        CHECK(end.code == 2);
        CHECK_THAT(end.output, Contains("error[empty-token]"));
    }
    CHECK_FALSE(std::filesystem::exists(folder / "server"));
}

TEST_CASE("a token file that others may write is refused, one that they may read warned of",
          "[cli]") {
    TempDir folder;
    const auto file = folder.write("ops.token", "a-token-of-operators\n");
    folder.write("server.yaml", "tokens: [{name: ops, role: admin, file: ops.token}]\n");
    std::filesystem::permissions(file, std::filesystem::perms(0660));
    const auto refused =
        shell("cd " + folder.path().string() + "; " + program + " serve --config server.yaml");
    CHECK(refused.code == 2);
    CHECK_THAT(refused.output, Contains("ops.token") && Contains("may be written by others"));
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    const auto warned = shell(
        serving(folder.path(), "--config server.yaml --listen 127.0.0.1:0 --data data", "true"));
    CHECK(warned.code == 0);
    CHECK_THAT(warned.output, Contains("ops.token may be read by others"));
}

TEST_CASE("settings of who may call are checked before serve starts", "[cli]") {
    TempDir folder;
    const auto refused = [&](const std::string& settings) {
        folder.write("server.yaml", settings + "\n");
        const auto end =
            shell("cd " + folder.path().string() + "; " + program + " serve --config server.yaml");
        CHECK(end.code == 2);
        CHECK_THAT(end.output, Contains("server.yaml:1:"));
    };
    for (const auto* setting : {"url_lifetime: 0s",
                                "url_lifetime: 8d",
                                "url_lifetime: 365d",
                                "public_url: 'javascript:alert(1)'",
                                "public_url: 'https://u:p@h'",
                                "public_url: 'https://h/?x=1'",
                                "public_url: 'https://h/path'",
                                "public_url: ftp://h",
                                "public_url: ''",
                                "public_url: 'https://'",
                                "hosts: evil",
                                "hosts: ['a b']",
                                "hosts: ['h/x']",
                                "origins: ['null']",
                                "origins: ['https://h/x']",
                                "origins: ['*']",
                                "limits: {rate: 0/s}",
                                "limits: {rate: often}",
                                "limits: {failures: 5}",
                                "platform: {url: 'http://h', token: short}"})
        refused(setting);
    const std::string token = "tokens: [{name: me, role: read, sha256: " + std::string(64, 'a');
    refused(token + ", expires: soon}]");
    refused(token + ", team: \"a\\nb\"}]");
    refused(token + ", expired: 2020-01-01}]");
}

}  // namespace trommel
