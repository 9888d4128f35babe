#include "trommel/dataset/files/input_stream.hpp"

#include "support/shell.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/files/line_reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace trommel::dataset {

using Catch::Matchers::Contains;

namespace {

/// Longer than any buffer.
std::string long_text() {
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += fmt::format("line {} of a text\n", i * 7919);
    return text;
}

std::string read(const std::filesystem::path& path) {
    const auto in = open_input(path);
    return {std::istreambuf_iterator<char>(*in), {}};
}

/// With a checksum, as the program zstd writes it.
std::string zstd(const std::string& text) {
    const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                          ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(
        ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size()));
    return packed;
}

/// As the program gzip writes it.
std::filesystem::path gzip(const std::filesystem::path& file) {
    REQUIRE(test::shell("gzip '" + file.string() + "'").code == 0);
    return file.string() + ".gz";
}

void cut(const std::filesystem::path& file, std::size_t bytes) {
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - bytes);
}

}  // namespace

TEST_CASE("files are unpacked as they are read, told by their first bytes", "[dataset]") {
    const test::TempDir dir;
    const auto text = long_text();
    CHECK(read(dir.write("a.txt", text)) == text);
    CHECK(read(gzip(dir.write("b.txt", text))) == text);
    CHECK(read(dir.write("c.txt", zstd(text))) == text);
    CHECK(read(dir.write("d.txt", zstd(text) + zstd("more\n"))) == text + "more\n");
    CHECK(read(dir.write("e.txt", "")).empty());
    CHECK(read(dir.write("f.txt", zstd(""))).empty());
}

TEST_CASE("gzip members after one another are one text", "[dataset]") {
    const test::TempDir dir;
    const auto first = gzip(dir.write("a", "one\n"));
    const auto second = gzip(dir.write("b", "two\n"));
    REQUIRE(
        test::shell(
            fmt::format("cat {} {} > {}", first.string(), second.string(), (dir / "c").string()))
            .code == 0);
    CHECK(read(dir / "c") == "one\ntwo\n");
}

TEST_CASE("compressed files that are cut off or damaged are refused", "[dataset]") {
    const test::TempDir dir;
    const auto gz = gzip(dir.write("a.txt", long_text()));
    auto lines = LineReader::open(gz);
    CHECK(lines.next() == "line 0 of a text");
    cut(gz, 9);
    CHECK_THROWS_WITH(read(gz), Contains("a.txt.gz: the compressed file was cut off"));
    auto packed = zstd(long_text());
    CHECK_THROWS_WITH(read(dir.write("b.zst", packed.substr(0, packed.size() / 2))),
                      Contains("b.zst: the compressed file was cut off"));
    packed[packed.size() / 2] ^= 0x15;
    packed[packed.size() / 2 + 1] ^= 0x33;
    CHECK_THROWS_AS(read(dir.write("c.zst", packed)), DataError);
    CHECK_THROWS_WITH(read(dir.write("d.gz", "\x1f\x8b\x08nonsense, much of it")),
                      Contains("d.gz: the gzip data are damaged"));
    CHECK_THROWS_WITH(read(dir / "none"), Contains("none: cannot be opened"));
}

TEST_CASE("a compressed file has no parts", "[dataset]") {
    const test::TempDir dir;
    CHECK_THROWS_WITH(
        LineReader::open(dir.write("a.zst", zstd("a\nb\n")), {.index = 1, .count = 2}),
        Contains("a compressed file has no parts"));
}

}  // namespace trommel::dataset
