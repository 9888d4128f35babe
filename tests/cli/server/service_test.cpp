// `trommel serve` as those meet it who run it: its log, its settings read anew, its upstream.

#include "cli/serving.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace trommel {
namespace {

using Catch::Matchers::Contains;
using test::serving;
using test::shell;
using test::TempDir;

const std::string token = "a-token-for-the-service";

/// Shell: prints the status of a call, and its answer to the file `answer`.
const std::string status = "curl -sS -m 10 -o answer -w '%{http_code} ' ";
const std::string data = "-d '{\"name\":\"abc'$RANDOM'\"}' $url/v1/datasets?token=" + token + "; ";

/// Shell: serves on a port of its own with standard error as `errors` says, and calls it.
std::string served_with(const TempDir& folder, const std::string& port, const std::string& errors) {
    return "cd " + folder.path().string() + "; " TROMMEL_PROGRAM " serve --log-calls --token " +
           token + " --listen 127.0.0.1:" + port + " " + errors +
           " & serve=$!; url=http://127.0.0.1:" + port +
           "; for i in $(seq 200); do curl -s -o answer $url/healthz && break; sleep 0.05; done; " +
           status + "$url/healthz; " + status + data + status + "$url/v1/datasets?token=" + token +
           "; cat answer; kill -TERM $serve; wait $serve; echo ended $?";
}

}  // namespace

TEST_CASE("a log that cannot be written costs no call, and no orderly end", "[cli]") {
    int port = 22010;
    for (const std::string errors :
         {"2>/dev/full", "2>&-", "2>&- >&- <&-", "2> >(exec true)", "2>/dev/null"}) {
        TempDir folder;
        INFO(errors);
        folder.write("script", served_with(folder, std::to_string(++port), errors));
        const auto end = shell("timeout 60 bash " + (folder.path() / "script").string());
        CHECK_THAT(end.output,
                   Contains("200 201 200 [") && Contains("\"name\":\"abc") && Contains("ended 0"));
    }
}

TEST_CASE("the log says how many lines a full disk has cost", "[cli]") {
    if (shell("test $(id -u) = 0 && unshare -m true").code != 0) return;  // may not mount
    TempDir folder;
    folder.write("script",
                 "mount -t tmpfs -o size=64k tmpfs " + (folder.path() / "tiny").string() +
                     " || exit 9; cd " + folder.path().string() +
                     "; " TROMMEL_PROGRAM
                     " serve --log-calls --listen 127.0.0.1:22020 2>>tiny/log & serve=$!; "
                     "url=http://127.0.0.1:22020; for i in $(seq 200); do "
                     "curl -s -o answer $url/healthz && break; sleep 0.05; done; "
                     "head -c 200000 /dev/zero >> tiny/log; " +
                     status + "$url/healthz; " + status + "$url/ping; : > tiny/log; " + status +
                     "$url/metrics; grep log_dropped answer; sleep 0.2; cat tiny/log; "
                     "kill -TERM $serve; wait $serve; echo ended $?");
    std::filesystem::create_directory(folder / "tiny");
    const auto end = shell("timeout 60 unshare -m bash " + (folder.path() / "script").string());
    if (end.code == 9) return;
    CHECK_THAT(end.output,
               Contains("200 200 200 ") && Contains("trommel_log_dropped_lines_total 2") &&
                   Contains(" warning log: 2 lines before this one are missing: No space left") &&
                   Contains("ended 0"));
}

TEST_CASE("the log goes to a file, as JSON, and is opened anew by SIGHUP", "[cli]") {
    TempDir folder;
    folder.write("server.yaml", "log: {file: serve.log, format: json}\nlog_calls: true\n");
    const auto end = shell(
        serving(folder.path(),
                "--config server.yaml --data data --listen 127.0.0.1:0",
                "curl -sS -H 'X-Request-Id: first' $url/ping; sleep 0.2; mv serve.log old.log; "
                "kill -HUP $serve; sleep 0.2; curl -sS -H 'X-Request-Id: second' $url/ping"));
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(read_file(folder / "old.log"),
               Contains("\"message\":\"GET /ping 200\",\"request\":\"first\"") &&
                   Contains("answers at http://"));
    CHECK_THAT(read_file(folder / "serve.log"),
               Contains("\"request\":\"second\"") && Contains("\"message\":\"stopped\""));
}

TEST_CASE("SIGHUP reads the tokens anew; settings that are wrong leave the old ones", "[cli]") {
    TempDir folder;
    folder.write("token", "the-first-token-of-all\n");
    folder.write("server.yaml", "tokens: [{name: me, role: read, file: token}]\n");
    const auto ask = [](const std::string& text) {
        return status + "$url/v1/datasets?token=" + text + "; ";
    };
    const std::string hang_up = "kill -HUP $serve; sleep 0.3; ";
    const auto end = shell(serving(
        folder.path(),
        "--config server.yaml --data data --listen 127.0.0.1:0",
        ask("the-first-token-of-all") + ask("the-second-token-of-all") +
            "echo the-second-token-of-all > token; " + hang_up + ask("the-first-token-of-all") +
            ask("the-second-token-of-all") + "echo 'tokens: [{name: x, rle: y}]' > server.yaml; " +
            hang_up + ask("the-second-token-of-all") + "echo 'tokens: []' > server.yaml; " +
            hang_up + ask("the-second-token-of-all") + ask("none-of-these-tokens")));
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("200 401 401 200 200 200 401 ") && Contains("read anew") &&
                   Contains("those of before stay") && Contains("no key here"));
}

TEST_CASE("a server behind this one that says nothing is given up, and makes it unready", "[cli]") {
    TempDir folder;
    folder.write("silent.py",
                 "import socket,time\ns=socket.socket()\n"
                 "s.bind(('127.0.0.1',0))\ns.listen(50)\nprint(s.getsockname()[1],flush=True)\n"
                 "time.sleep(60)\n");
    const auto start =
        "cd " + folder.path().string() +
        "; python3 silent.py > port & silent=$!; "
        "for i in $(seq 200); do [ -s port ] && break; sleep 0.05; done; "
        "echo \"platform: {url: 'http://127.0.0.1:$(cat port)', idle: 1s}\" > server.yaml; ";
    const auto end = shell(
        start + serving(folder.path(),
                        "--config server.yaml --data data --listen 127.0.0.1:0 --token " + token,
                        status + "$url/v1/datasets?token=" + token + "; cat answer; " + status +
                            "$url/readyz; cat answer; " + status + "$url/healthz; kill $silent"));
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output,
               Contains("503 {") && Contains("\"part\":\"platform\"") && Contains("200 "));
}

TEST_CASE("a database that another process has locked makes the server unready", "[cli]") {
    TempDir folder;
    const auto end = shell(serving(
        folder.path(),
        "--data data --listen 127.0.0.1:0",
        status +
            "$url/readyz; "
            "python3 -c \"import sqlite3,time; d=sqlite3.connect('data/server/platform.db'); "
            "d.execute('begin exclusive'); print('locked',flush=True); time.sleep(4)\" & "
            "sleep 1.5; " +
            status + "$url/readyz; cat answer; sleep 4; " + status + "$url/readyz"));
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("503 {") && Contains("\"part\":\"database\""));
}

}  // namespace trommel
