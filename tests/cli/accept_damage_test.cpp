// What a user meets whose run's directory was damaged by a disk, or written into by programs that
// write what is not text.

#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/record_log.hpp"
#include "trommel/core/utf8.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

/// A finished run over the small pool, a copy of which can be damaged.
class DamagedRun {
public:
    DamagedRun() {
        test::write_small_pool(folder);
        folder.write("p.yaml", test::small_pipeline(test::usual_stages));
        const auto whole = verb("run p.yaml --quiet --run-dir whole");
        INFO(whole.output);
        REQUIRE(whole.code == 0);
        renew();
    }

    /// A fresh copy, `r`, of the whole run.
    void renew() const {
        std::filesystem::remove_all(folder / "r");
        std::filesystem::copy(
            folder / "whole", folder / "r", std::filesystem::copy_options::recursive);
    }

    /// Changes a bit of the byte in the middle of a line.
    void damage(const std::string& file, std::size_t line) const {
        std::string text = read_file(folder / "r" / file);
        std::size_t begin = 0;
        for (std::size_t i = 1; i < line; ++i) begin = text.find('\n', begin) + 1;
        const auto end = text.find('\n', begin);
        text[begin + (end - begin) / 2] ^= 1;
        folder.write("r/" + file, text);
    }

    std::size_t lines(const std::string& file) const {
        const auto text = read_file(folder / "r" / file);
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

    Finished verb(const std::string& words) const {
        return test::shell("cd '" + folder.path().string() + "' && " + TROMMEL_PROGRAM + " " +
                           words);
    }

    std::string picks(const std::string& run) const {
        return read_file(folder / run / "picks.csv");
    }

    TempDir folder;
};

}  // namespace

TEST_CASE("a line of the journal that is damaged is told, and can be left out", "[cli][damage]") {
    const DamagedRun run;
    const std::size_t lines = run.lines("journal.jsonl");
    REQUIRE(lines > 8);
    for (std::size_t line = 2; line < lines; ++line) {
        run.renew();
        run.damage("journal.jsonl", line);
        const std::string where = fmt::format("r/journal.jsonl:{}", line);
        INFO(where);
        const auto status = run.verb("status r");
        CHECK(status.code == 0);
        CHECK_THAT(status.output,
                   Contains("damaged: " + where + " is damaged") &&
                       Contains("trommel resume r --accept-damage"));
        CHECK_THAT(run.verb("runs .").output, Contains(fmt::format("journal.jsonl:{}", line)));
        const auto refused = run.verb("resume r --quiet");
        CHECK(refused.code == 1);
        CHECK_THAT(refused.output, Contains(where) && Contains("--accept-damage"));
        const auto accepted = run.verb("resume r --accept-damage");
        INFO(accepted.output);
        CHECK(accepted.code == 0);
        CHECK_THAT(accepted.output, Contains("warning[damage-accepted]"));
        CHECK(run.picks("r") == run.picks("whole"));
        CHECK(std::filesystem::exists(run.folder / "r/journal.jsonl.damaged"));
        CHECK_THAT(run.verb("status r").output, !Contains("damaged"));
    }
}

TEST_CASE("without the line that says what it is of, a run cannot go on", "[cli][damage]") {
    const DamagedRun run;
    run.damage("journal.jsonl", 1);
    const auto status = run.verb("status r");
    CHECK(status.code == 0);
    CHECK_THAT(status.output, Contains("r/journal.jsonl:1 is damaged"));
    const auto refused = run.verb("resume r --accept-damage");
    CHECK(refused.code == 1);
    CHECK_THAT(refused.output, Contains("r/journal.jsonl:1") && Contains("begin a new run"));
    CHECK_FALSE(std::filesystem::exists(run.folder / "r/journal.jsonl.damaged"));
}

TEST_CASE("a round that is damaged or gone is chosen again, and all later ones", "[cli][damage]") {
    const DamagedRun run;
    for (const std::string how : {"damaged", "gone"}) {
        run.renew();
        if (how == "gone")
            std::filesystem::remove(run.folder / "r/rounds/main/2.json");
        else
            run.damage("rounds/main/2.json", 1);
        // The end of the run is forgotten, so that it is not over at once.
        std::string journal = read_file(run.folder / "r/journal.jsonl");
        journal.erase(journal.rfind("{\"crc\""));
        run.folder.write("r/journal.jsonl", journal);

        const auto refused = run.verb("resume r --quiet");
        INFO(how << ": " << refused.output);
        CHECK(refused.code == 1);
        CHECK_THAT(refused.output, Contains("r/rounds/main/2.json") && Contains("--accept-damage"));
        const auto accepted = run.verb("resume r --accept-damage");
        INFO(accepted.output);
        CHECK(accepted.code == 0);
        CHECK_THAT(accepted.output, Contains("rounds/main/3.json is left out"));
        CHECK(run.picks("r") == run.picks("whole"));
        CHECK(std::filesystem::exists(run.folder / "r/rounds/main/3.json.damaged"));
        const auto again = run.verb("resume r");
        CHECK(again.code == 0);
        CHECK_THAT(again.output, Contains("was finished already"));
    }
}

namespace {

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
        const auto byte = static_cast<char>(random() % 256);
        if (std::string_view("\0\n\r,\"'", 6).find(byte) == std::string_view::npos) bytes += byte;
    }
    return bytes;
}

/// Without control characters, which no name has: C0, and what begins those of two and three bytes.
std::string random_name(std::mt19937& random, std::size_t size) {
    std::string name = random_bytes(random, size);
    for (char& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || byte == 0xc2 || byte == 0xe2) c = 'x';
    }
    return name;
}

bool all_is_utf8(const std::filesystem::path& run) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(run)) {
        const auto extension = entry.path().extension();
        if (extension != ".jsonl" && extension != ".json" && extension != ".csv" &&
            extension != ".html")
            continue;
        INFO(entry.path());
        CHECK(is_valid_utf8(read_file(entry.path())));
        if (!is_valid_utf8(read_file(entry.path()))) return false;
    }
    return true;
}

constexpr auto failing_stages =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n"
    "  train: {uses: exec.train, from: label, with: {command: [sh, train.sh]}}\n"
    "  sample: {uses: sample, from: fetch, needs: train, with: {method: RANDOM, n_new: 4}}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

}  // namespace

TEST_CASE("whatever a program writes before it fails, its run can be resumed", "[cli][damage]") {
    std::mt19937 random(15);
    TempDir folder;
    test::write_small_pool(folder);
    folder.write("p.yaml", test::small_pipeline(failing_stages));
    folder.write("train.sh", "cat > /dev/null; test -e good || { cat noise >&2; exit 1; }\n");
    const auto verb = [&](const std::string& words) {
        return test::shell("cd '" + folder.path().string() + "' && " + TROMMEL_PROGRAM + " " +
                           words);
    };
    std::string bars;
    for (int i = 0; i < 200; ++i) bars += "\r" + std::to_string(i) + "% ██████████";
    for (const std::string& noise : {bars + "\nout of memory",
                                     "x" + bars,
                                     std::string("Datei \xE4pfel.jpg fehlt\n"),
                                     random_bytes(random, 5000),
                                     random_bytes(random, 300)}) {
        std::filesystem::remove_all(folder / "r");
        std::filesystem::remove(folder / "good");
        folder.write("noise", noise);
        const auto failed = verb("run p.yaml --quiet --run-dir r");
        CHECK(failed.code == 1);
        CHECK(is_valid_utf8(failed.output));
        CHECK(failed.output.size() < 6000);
        const auto status = verb("status r");
        INFO(status.output);
        CHECK(status.code == 0);
        CHECK_THAT(status.output, Contains(": failed") && !Contains("damaged"));
        CHECK_THAT(verb("runs .").output, Contains("failed"));
        CHECK(all_is_utf8(folder / "r"));
        folder.write("good", "");
        const auto resumed = verb("resume r --quiet");
        INFO(resumed.output);
        CHECK(resumed.code == 0);
    }
}

TEST_CASE("names, classes and metrics may be any bytes: the run can be read and resumed",
          "[cli][damage]") {
    std::mt19937 random(16);
    TempDir folder;
    std::string pool = "filenames,embedding_0,embedding_1,labels\n";
    std::string labels = "file_name,label\n";
    const std::vector<std::string> classes{"\xE4pfel", "birne\xFF"};
    for (int i = 0; i < 60; ++i) {
        const auto name = fmt::format("{}-{}.jpg", i, random_name(random, 6));
        pool += fmt::format("{},{},{},0\n", name, i % 2, i);
        labels += name + "," + classes[static_cast<std::size_t>(i % 2)] + "\n";
    }
    folder.write("pool.csv", pool);
    folder.write("labels.csv", labels);
    folder.write("p.yaml", test::small_pipeline(test::usual_stages, "rounds: {max: 2}\n"));
    const auto verb = [&](const std::string& words) {
        return test::shell("cd '" + folder.path().string() + "' && " + TROMMEL_PROGRAM + " " +
                           words);
    };
    const auto run = verb("run p.yaml --quiet --run-dir r");
    INFO(run.output);
    CHECK(run.code == 0);
    CHECK(all_is_utf8(folder / "r"));
    CHECK(verb("status r").code == 0);
    // A run that is taken up reads back what it has written.
    std::string journal = read_file(folder / "r/journal.jsonl");
    journal.erase(journal.rfind("{\"crc\""));
    folder.write("r/journal.jsonl", journal);
    const auto picks = read_file(folder / "r/picks.csv");
    std::filesystem::remove(folder / "r/picks.csv");
    const auto resumed = verb("resume r --quiet");
    INFO(resumed.output);
    CHECK(resumed.code == 0);
    CHECK(read_file(folder / "r/picks.csv") == picks);
}

}  // namespace trommel
