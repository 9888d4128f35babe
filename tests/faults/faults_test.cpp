// The fault library on a tiny program: what it counts, what it does at call N, what it leaves
// alone.

#include "support/faults.hpp"

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace trommel::test {

namespace {

using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

const std::string text = "ten bytes\n";

/// The tiny program in a folder of its own, whose files are watched.
struct Bench {
    TempDir dir{};
    Faults faults{dir.path()};

    Finished run(const std::string& fault, const std::string& steps) const {
        return faults.run(fault, TROMMEL_TINY " " + steps);
    }
    Lines calls(const std::string& steps) const { return faults.calls(TROMMEL_TINY " " + steps); }
    bool has(const std::string& file) const { return std::filesystem::exists(dir / file); }
    std::string content(const std::string& file) const {
        std::ostringstream content;
        content << std::ifstream(dir / file).rdbuf();
        return content.str();
    }
};

}  // namespace

TEST_CASE("every call that changes a file is counted, in order", "[faults]") {
    const Bench bench;
    CHECK(bench.calls("create a write a pwrite a writev a sync a empty a a b remove b") ==
          Lines{"open a",
                "write a",
                "pwrite a",
                "writev a",
                "fsync a",
                "ftruncate a",
                "rename b",
                "unlink b"});
    CHECK(bench.calls("stream c") == Lines{"open c", "write c"});
}

TEST_CASE("a power failure takes what no sync has covered", "[faults]") {
    const Bench bench;
    const auto end = bench.run("power:6", "create a write a sync a pwrite a pwrite a pwrite a");
    CHECK(was_killed(end));
    CHECK(bench.content("a") == text);

    bench.run("power:4", "create b write b b c write c");
    CHECK(bench.has("c"));
    CHECK(bench.content("c").empty());
}

TEST_CASE("files elsewhere and programs that are started are left alone", "[faults]") {
    const Bench bench;
    const TempDir elsewhere;
    const auto outside = (elsewhere / "a").string();
    CHECK(bench.calls("create " + outside + " write " + outside + " write /dev/null").empty());
    CHECK(bench.calls("shell 'echo x > a; echo $LD_PRELOAD$TROMMEL_FAULTS > b'").empty());
    CHECK(bench.content("a") == "x\n");
    CHECK(bench.content("b") == "\n");
}

TEST_CASE("a path counts by where it leads to", "[faults]") {
    const Bench bench;
    const TempDir elsewhere;
    std::filesystem::create_directory_symlink(bench.dir.path(), elsewhere / "link");
    const auto file = (elsewhere / "link/a").string();
    CHECK(bench.calls("create " + file + " write " + file) == Lines{"open a", "write a"});
}

TEST_CASE("a kill leaves what was done before the call", "[faults]") {
    const std::string steps = "create a write a a b";
    const auto killed_at = [&](int number) {
        auto bench = std::make_unique<Bench>();
        const auto end = bench->run("kill:" + std::to_string(number), steps);
        CHECK(was_killed(end) == (number <= 3));
        return bench;
    };
    CHECK_FALSE(killed_at(1)->has("a"));
    CHECK(killed_at(2)->content("a").empty());
    CHECK(killed_at(3)->content("a") == text);
    CHECK(killed_at(4)->content("b") == text);
}

TEST_CASE("a torn write leaves half of its bytes", "[faults]") {
    const auto torn = [](const std::string& steps) {
        const Bench bench;
        CHECK(was_killed(bench.run("torn:2", steps)));
        return bench.content("a");
    };
    CHECK(torn("create a write a write a") == "ten b");
    CHECK(torn("create a writev a write a") == "ten b");
    CHECK(torn("stream a write a") == "ten b");
    CHECK(torn("create a pwrite a") == std::string(10, '\0') + "ten b");
}

TEST_CASE("a call that writes no bytes is torn after it happened", "[faults]") {
    const Bench bench;
    CHECK(was_killed(bench.run("torn:2", "create a a b remove b")));
    CHECK(bench.has("b"));
}

TEST_CASE("on a full disk nothing is written or made but files can be removed", "[faults]") {
    const Bench bench;
    const auto end = bench.run("full:3", "create a write a write a create b stream a a c remove c");
    CHECK(end.output ==
          "create a: ok\n"
          "write a: ok\n"
          "write a: No space left on device\n"
          "create b: No space left on device\n"
          "stream a: No space left on device\n"
          "a c: ok\n"
          "remove c: ok\n");
    CHECK_FALSE(bench.has("b"));
}

TEST_CASE("a disk that was full once takes writes again", "[faults]") {
    const Bench bench;
    const auto end = bench.run("full-once:2", "create a sync a write a write a");
    CHECK(end.output ==
          "create a: ok\nsync a: ok\nwrite a: No space left on device\nwrite a: ok\n");
}

TEST_CASE("a squeezed disk has space again once something large is removed", "[faults]") {
    const Bench bench;
    { std::ofstream(bench.dir / "large") << std::string(1 << 20, ' '); }
    const auto end =
        bench.run("squeezed:2", "create a write a remove a create b remove large create b");
    CHECK(
        end.output ==
        "create a: ok\nwrite a: No space left on device\nremove a: ok\ncreate b: No space left on "
        "device\nremove large: ok\ncreate b: ok\n");
}

TEST_CASE("a failing sync is reported once", "[faults]") {
    const Bench bench;
    const auto end = bench.run("sync-error:1", "create a write a sync a sync a");
    CHECK(end.output == "create a: ok\nwrite a: ok\nsync a: Input/output error\nsync a: ok\n");
}

TEST_CASE("a fault that nobody can read ends the program before it begins", "[faults]") {
    const Bench bench;
    for (const std::string fault :
         {"kill", "kill:", "kill:0", "kill:-1", "kill:1x", "explode:1", ":1"}) {
        const auto end = bench.run(fault, "create a");
        INFO(fault);
        CHECK(end.code == 99);
        CHECK_THAT(end.output, Contains("'" + fault + "'; write kill:N"));
    }
    CHECK_FALSE(bench.has("a"));
}

}  // namespace trommel::test
