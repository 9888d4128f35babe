// A server's data with a byte that is another: told with the file's name, or of no consequence.

#include "cli/serving.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <vector>

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

/// The samples of all tags, and a list of the datasets.
const std::string answers =
    "id=$(curl -sS $url/v1/datasets | sed 's/.*\"id\":\"//; s/\".*//'); "
    "curl -sS $url/v1/datasets; curl -sS $url/v1/datasets/$id/tags; "
    "curl -sS \"$url/v1/datasets/$id/mappings?field=sampleName\"";

/// Data in `data`, with a dataset of 2,000 samples and its initial tag.
class ServerData {
public:
    ServerData() {
        std::string names;
        for (int i = 0; i < 2000; ++i)
            names += (i == 0 ? "" : ",") + ("\"" + std::to_string(i) + ".jpg\"");
        folder.write("names.json", "{\"fileNames\":[" + names + "]}");
        const auto end =
            serve("data",
                  "id=$(" + post +
                      "'{\"name\":\"kept\"}' $url/v1/datasets | sed 's/.*\"id\":\"//; "
                      "s/\".*//'); " +
                      post + "@names.json $url/v1/trommel/datasets/$id/samples; " + post +
                      "'{\"imgType\":\"full\",\"creator\":\"USER_PIP\"}' "
                      "$url/v1/datasets/$id/tags/initial");
        INFO(end.output);
        REQUIRE_THAT(end.output, Contains("\"id\""));
    }

    Finished serve(const std::string& data, const std::string& calls) const {
        return shell(serving(folder.path(), "--data " + data + " --listen 127.0.0.1:0", calls));
    }
    Finished doctor() const {
        return shell("cd " + folder.path().string() + " && " + program + " doctor data");
    }
    /// What the answers are, without the log.
    std::string answered() const {
        const auto end = serve("data", "(" + answers + ") > said");
        return end.code == 0 ? read_file(folder / "said") : end.output;
    }

    TempDir folder;
};

void flip_byte(const fs::path& file, std::uintmax_t place) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(place));
    const char byte = static_cast<char>(bytes.get() ^ 4);
    bytes.seekp(static_cast<std::streamoff>(place));
    bytes.put(byte);
}

}  // namespace

TEST_CASE("a doctor finds a server's data whole, and names what is not", "[cli][damage]") {
    const ServerData server;
    const auto whole = server.doctor();
    INFO(whole.output);
    CHECK(whole.code == 0);
    CHECK_THAT(whole.output, Contains(", 0 are not"));

    server.folder.write("data/server/embeddings/0123.csv", "x");
    fs::permissions(server.folder / "data/server", fs::perms::others_read, fs::perm_options::add);
    const auto found = server.doctor();
    CHECK(found.code == 1);
    CHECK_THAT(found.output, Contains("0123.csv: belongs to nothing in the database"));
    CHECK_THAT(found.output, Contains("data/server: can be entered by others"));

    const auto mask = shell("sqlite3 " + (server.folder / "data/server/platform.db").string() +
                            " \"UPDATE tags SET mask = zeroblob(length(mask))\"");
    REQUIRE(mask.code == 0);
    CHECK_THAT(server.doctor().output,
               Contains("platform.db: is damaged: 1 values of table tags are not those"));
    CHECK_THAT(server.serve("data", answers).output,
               Contains("have other content than was written"));
}

TEST_CASE("one byte flipped in a server's data is told by name, or harmless", "[cli][damage]") {
    const ServerData server;
    const auto before = server.answered();
    REQUIRE_THAT(before, Contains("1999.jpg"));
    fs::copy(server.folder / "data", server.folder / "kept", fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(server.folder / "kept")) {
        const auto size = entry.is_regular_file() ? entry.file_size() : 0;
        if (size == 0 || entry.path().filename() == "reserve") continue;
        const auto file =
            server.folder / "data" / entry.path().lexically_relative(server.folder / "kept");
        for (const auto place : {std::uintmax_t{0}, size / 5, size / 2, size - 1}) {
            fs::remove_all(server.folder / "data");
            fs::copy(server.folder / "kept", server.folder / "data", fs::copy_options::recursive);
            flip_byte(file, place);
            const auto seen = server.doctor();
            INFO(file.string() << " at " << place << ": " << seen.output);
            CHECK(seen.code <= 1);
            if (seen.code == 1)
                CHECK_THAT(seen.output, Contains(file.filename().string()));
            else
                CHECK(server.answered() == before);
        }
    }
}

}  // namespace trommel
