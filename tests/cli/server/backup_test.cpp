// Backups of a server's data: made while it serves, checked before they are put back.

#include "cli/serving.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace trommel {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using test::Finished;
using test::serving;
using test::shell;
using test::TempDir;

const std::string program = TROMMEL_PROGRAM;
const std::string post = "curl -sS -H 'Content-Type: application/json' -d ";

/// A server's data in `data` with a dataset of one sample and its image, and a backup of it in
/// `copy` that was made while the server wrote.
class BackedUpServer {
public:
    BackedUpServer() {
        const auto end = shell(serving(
            folder.path(),
            "--data data --listen 127.0.0.1:0",
            "id=$(" + post +
                "'{\"name\":\"kept\"}' $url/v1/datasets | sed 's/.*\"id\":\"//; s/\".*//'); "
                "sample=$(" +
                post +
                "'{\"fileName\":\"a.jpg\"}' $url/v1/datasets/$id/samples | "
                "sed 's/.*\"id\":\"//; s/\".*//'); "
                "to=$(curl -sS $url/v1/datasets/$id/samples/$sample/writeurl | tr -d '\"'); "
                "curl -sS -T /etc/hostname \"$to\"; "
                "(for i in $(seq 60); do " +
                post +
                "\"{\\\"name\\\":\\\"more$i\\\"}\" $url/v1/datasets; done) > made & "
                "writing=$!; " +
                program + " backup --data data copy; echo backup $?; wait $writing"));
        INFO(end.output);
        REQUIRE_THAT(end.output, Contains("backup 0"));
    }

    Finished call(const std::string& words) const {
        return shell("cd " + folder.path().string() + " && " + program + " " + words);
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("a backup of a server that writes is put back, and serves", "[cli][backup]") {
    const BackedUpServer server;
    const auto restored = server.call("restore --data again copy");
    INFO(restored.output);
    REQUIRE(restored.code == 0);
    CHECK_FALSE(fs::exists(server.folder / "again.restoring"));
    const auto end = shell(serving(
        server.folder.path(), "--data again --listen 127.0.0.1:0", "curl -sS $url/v1/datasets"));
    CHECK_THAT(end.output, Contains("\"name\":\"kept\""));
    const auto images = shell("cat $(find " + (server.folder / "again/server/images").string() +
                              " -type f) | cmp - /etc/hostname");
    CHECK(images.code == 0);
}

TEST_CASE("a backup that has changed anywhere is not put back", "[cli][backup]") {
    const BackedUpServer server;
    for (const auto& entry : fs::recursive_directory_iterator(server.folder / "copy")) {
        if (!entry.is_regular_file() || entry.file_size() == 0) continue;
        INFO(entry.path().string());
        const auto content = read_file(entry.path());
        auto damaged = content;
        damaged[damaged.size() / 2] ^= 1;
        // Uploads are linked: what is changed has to be a file of its own.
        fs::remove(entry.path());
        std::ofstream(entry.path(), std::ios::binary) << damaged;
        const auto end = server.call("restore --data again copy");
        CHECK(end.code == 1);
        CHECK_THAT(end.output, Contains(entry.path().filename().string()) || Contains("copy/"));
        CHECK_FALSE(fs::exists(server.folder / "again"));
        std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << content;
    }
    CHECK(server.call("restore --data again copy").code == 0);
}

TEST_CASE("backups stay out of the way of what is there", "[cli][backup]") {
    const BackedUpServer server;
    CHECK_THAT(server.call("backup --data data copy").output, Contains("copy: is not empty"));
    CHECK_THAT(server.call("backup --data data data/copy").output, Contains("lies within"));
    CHECK_THAT(server.call("backup --data copy/server other").output,
               Contains("no folder 'server'"));
    CHECK_THAT(server.call("restore --data data copy").output, Contains("data: is not empty"));
    CHECK_THAT(server.call("restore --data again data").output, Contains("has no manifest.json"));
    const auto modes = shell("stat -c %a " + (server.folder / "copy").string() + " " +
                             (server.folder / "copy/server/platform.db").string());
    CHECK(modes.output == "700\n600\n");
}

}  // namespace trommel
