// Runs, sweeps and databases that an earlier version left behind are read and resumed.

#include "cli/serving.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/record_log.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <string>

namespace trommel {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using test::Finished;
using test::serving;
using test::shell;
using test::TempDir;

const std::string earlier = TROMMEL_SOURCE_DIR "/tests/cli/earlier/6045465.tar.gz";

/// The folder in which the first record of a journal says that its run was made.
std::string folder_in(const std::string& record) {
    const std::string key = "\"folder\":\"";
    const auto begin = record.find(key) + key.size();
    return record.substr(begin, record.find('"', begin) - begin - 1);
}

/// As if the run had been made in `folder`.
void move_journal(const fs::path& journal, const std::string& folder) {
    auto records = read_records(journal).records;
    const std::string old = folder_in(records.front());
    std::string moved;
    for (auto& record : records) {
        for (auto at = record.find(old); at != std::string::npos; at = record.find(old, at))
            record.replace(at, old.size(), folder);
        moved += checked_line(record);
    }
    std::ofstream(journal, std::ios::binary | std::ios::trunc) << moved;
}

/// One folder of what the earlier version left.
class EarlierWork {
public:
    explicit EarlierWork(const std::string& name) : path(work_.path() / name) {
        REQUIRE(shell("tar -xzf " + earlier + " -C " + work_.path().string()).code == 0);
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.path().filename() == "journal.jsonl")
                move_journal(entry.path(), path.string());
    }

    Finished run(const std::string& arguments) const {
        return shell("cd " + path.string() + " && " TROMMEL_PROGRAM " " + arguments);
    }

    /// The picks of every run below, by the name of its folder.
    std::map<std::string, std::string> picks() const {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.path().filename() == "picks.csv")
                all[entry.path().parent_path().filename().string()] = read_file(entry.path());
        return all;
    }

    /// Takes away what the earlier version made, so that this one makes it anew.
    void forget(const std::string& made) const { fs::remove_all(path / made); }

private:
    TempDir work_;

public:
    const fs::path path;
};

}  // namespace

TEST_CASE("a run that an earlier version began goes on with the same picks", "[cli][earlier]") {
    const EarlierWork left("run");
    const auto status = left.run("status runs/*");
    CHECK(status.code == 0);
    CHECK_THAT(status.output, Contains("2 rounds, in round 3, 10 labels"));
    const auto resumed = left.run("resume runs/*");
    INFO(resumed.output);
    CHECK(resumed.code == 0);

    const EarlierWork fresh("run");
    fresh.forget("runs");
    fresh.forget("kept.db");
    CHECK(fresh.run("run loop.yaml").code == 0);
    REQUIRE(left.picks().size() == 1);
    CHECK(left.picks().begin()->second == fresh.picks().begin()->second);
    CHECK(left.run("doctor runs/*").code == 0);
}

TEST_CASE("a sweep that an earlier version began goes on with its cells", "[cli][earlier]") {
    const EarlierWork left("sweep");
    CHECK(left.picks().size() < 4);
    const auto swept = left.run("sweep sweep.yaml");
    INFO(swept.output);
    CHECK(swept.code == 0);

    const EarlierWork fresh("sweep");
    fresh.forget("sweeps");
    CHECK(fresh.run("sweep sweep.yaml").code == 0);
    CHECK(left.picks().size() == 4);
    CHECK(left.picks() == fresh.picks());
}

TEST_CASE("a server serves the data folder of an earlier version", "[cli][earlier]") {
    const EarlierWork left("server");
    const auto served = shell(
        serving(left.path,
                "--data data --listen 127.0.0.1:0 --token tok-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "curl -sS -m 10 \"$url/v1/datasets?token=tok-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""));
    INFO(served.output);
    CHECK(served.code == 0);
    CHECK_THAT(served.output, Contains("\"name\":\"small\""));
}

}  // namespace trommel
