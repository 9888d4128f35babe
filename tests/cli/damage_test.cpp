// Runs whose files were lost or damaged: what is told, with the file's name, and what is asked
// before people's work is asked for again.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <vector>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

namespace fs = std::filesystem;
const std::string program = TROMMEL_PROGRAM;

/// A run in `r` whose people answer two rounds and not the third, and what it takes to go on.
class InterruptedRun {
public:
    InterruptedRun() {
        test::write_small_pool(folder);
        folder.write(
            "label.sh",
            "test \"$TROMMEL_ROUND\" -lt 3 -o -e ready || exit 1\n"
            "tee -a asked | awk '{ match($0, /s[0-9]+/); n = substr($0, RSTART + 1, 2) + 0;"
            " split(\"ape bee cat\", classes, \" \"); printf "
            "\"{\\\"file_name\\\":\\\"s%02d.jpg\\\",\\\"label\\\":\\\"%s\\\"}\\n\", n,"
            " classes[n % 3 + 1] }'\n");
        folder.write(
            "p.yaml",
            test::small_pipeline(
                "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
                "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh]}}\n"
                "  train: {uses: train.linear_probe, from: label}\n"
                "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
                "  predict: {uses: predict.linear_probe, from: train}\n"
                "  score: {uses: score.classification, from: predict}\n"
                "  upload: {uses: upload_scores, from: score}\n"
                "  sample: {uses: sample, from: upload, with: {method: CORAL, score: "
                "uncertainty_margin, n_new: 4}}\n"
                "  poll: {uses: poll_job, from: sample, writes: labeled}\n",
                "rounds: {max: 4}\n"));
        const auto end = call("run p.yaml --quiet --run-dir r");
        INFO(end.output);
        REQUIRE(end.code == 1);
        folder.write("ready", "");
    }

    Finished call(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && " + program + " " + words);
    }
    Finished resume(const std::string& options = "") const {
        return call("resume r --quiet " + options);
    }
    /// A copy of the run in its place, as it was when it was interrupted.
    void put_back() const {
        if (!fs::exists(folder / "kept")) fs::copy(folder / "r", folder / "kept", recursive);
        fs::remove_all(folder / "r");
        fs::copy(folder / "kept", folder / "r", recursive);
    }
    std::string read(const std::string& name) const { return read_file(folder / name); }

    static constexpr auto recursive = fs::copy_options::recursive;
    TempDir folder;
};

std::vector<fs::path> files_below(const fs::path& directory) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory))
        if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
}

/// One bit of one byte becomes another.
void flip(const fs::path& file, std::uintmax_t place) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(place));
    const char byte = static_cast<char>(bytes.get() ^ 1);
    bytes.seekp(static_cast<std::streamoff>(place));
    bytes.put(byte);
}

std::vector<std::uintmax_t> places_in(const fs::path& file) {
    const auto size = fs::file_size(file);
    if (size == 0) return {};
    return {0, size / 3, size / 2, size - 1};
}

}  // namespace

TEST_CASE("a run whose database is gone says so, by its name", "[cli][damage]") {
    const InterruptedRun run;
    fs::remove(run.folder / "r/platform.db");
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("r/platform.db: is missing or empty"));
    CHECK_FALSE(fs::exists(run.folder / "r/platform.db"));
    CHECK_THAT(run.call("doctor r").output, Contains("platform.db: is missing"));
}

TEST_CASE("a round whose file is gone is not chosen again in silence", "[cli][damage]") {
    const InterruptedRun run;
    fs::remove(run.folder / "r/rounds/main/1.json");
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("rounds/main/1.json: is missing"));
}

TEST_CASE("a state that the platform has otherwise is told", "[cli][damage]") {
    const InterruptedRun run;
    const auto change =
        test::shell("sqlite3 '" + (run.folder / "r/platform.db").string() +
                    "' \"UPDATE tags SET mask = (SELECT mask FROM tags ORDER BY "
                    "number LIMIT 1), total = (SELECT total FROM tags ORDER BY "
                    "number LIMIT 1) WHERE number = (SELECT max(number) FROM tags)\"");
    INFO(change.output);
    REQUIRE(change.code == 0);
    const auto end = run.resume();
    INFO(end.output);
    CHECK(end.code == 1);
    CHECK_THAT(end.output, Contains("platform.db: tag '") && Contains("state 'labeled'"));
}

TEST_CASE("labels that are lost are asked for again only when told to", "[cli][damage]") {
    const InterruptedRun run;
    const auto asked = run.read("asked");
    fs::remove(run.folder / "r/stages/label/answers.jsonl");
    const auto refused = run.resume();
    INFO(refused.output);
    CHECK(refused.code == 1);
    CHECK_THAT(refused.output,
               Contains("stages/label/answers.jsonl: the labels of ") && Contains("--ask-again"));
    CHECK(run.read("asked") == asked);

    const auto end = run.resume("--ask-again");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK(run.read("asked").size() > 2 * asked.size());
}

TEST_CASE("a doctor names what is not whole, and writes tables anew", "[cli][damage]") {
    const InterruptedRun run;
    const auto whole = run.call("doctor r");
    INFO(whole.output);
    CHECK(whole.code == 0);
    CHECK_THAT(whole.output, Contains(" files are whole, 0 are not"));

    run.folder.write("r/picks.csv", "round,rank,file_name,score\n1,1,s00.jpg,\n");
    const auto found = run.call("doctor r");
    CHECK(found.code == 1);
    CHECK_THAT(found.output, Contains("r/picks.csv: does not say what the rounds say"));
    CHECK_THAT(run.call("doctor r --json").output, Contains("\"advice\": \"write it anew"));
    CHECK(run.call("doctor r --rewrite-tables").code == 0);
    CHECK(run.call("doctor .").code == 2);
}

TEST_CASE("one byte flipped in any file of a run is told by name, or harmless", "[cli][damage]") {
    const InterruptedRun run;
    run.put_back();
    REQUIRE(run.resume().code == 0);
    const auto picks = run.read("r/picks.csv");
    run.put_back();
    for (const auto& file : files_below(run.folder / "r"))
        for (const auto place : places_in(file)) {
            INFO(file.string() << " at " << place);
            flip(file, place);
            const auto seen = run.call("doctor r");
            const auto end = run.resume();
            INFO(seen.output << end.output);
            CHECK(end.code <= 2);
            if (end.code == 0)
                CHECK(run.read("r/picks.csv") == picks);
            else
                CHECK_THAT(
                    end.output,
                    Contains(file.filename().string()) || Contains("file is not a database"));
            run.put_back();
        }
}

}  // namespace trommel
