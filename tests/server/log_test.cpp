// The log and the files of lines below it: whole lines, none that others have written, no waiting.
#include "trommel/server/observe/log.hpp"

#include "server/observe/line_file.hpp"
#include "server/observe/log_lines.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/durable_file.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace trommel::server {
namespace {

using Catch::Matchers::Contains;
using test::TempDir;
using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::vector<std::string> lines;
    const auto text = read_file(file);
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        REQUIRE(end != std::string::npos);
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

const std::string hostile =
    std::string("a\nb\r\x1b[31m\x7f\0", 11) + "\xc2\x9b\xff\"\\ \xe2\x80\xa8";

}  // namespace

TEST_CASE("no text can end a line of the log, or begin an escape sequence", "[server]") {
    for (const auto& line : {text_line(hostile, hostile, {{"path", hostile}}),
                             json_members(hostile, hostile, {{"path", hostile}})}) {
        CHECK(std::ranges::none_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
        CHECK_THAT(line, Contains("a\\nb\\r\\u001b[31m\\u007f\\u0000\\u009b\\\\xFF"));
        CHECK_THAT(line, !Contains("\xc2\x9b") && !Contains("\xe2\x80\xa8"));
    }
    CHECK(text_line("serve", "x", {{"a", "b"}, {"c", "d e=f"}, {"n", std::uint64_t{3}}}) ==
          "serve: x a=b c=\"d e=f\" n=3");
    const std::string huge(100'000, 'x');
    CHECK(text_line("serve", huge, {}).size() < 3000);
}

TEST_CASE("a line as JSON gives back what was said", "[server]") {
    const auto json = boost::json::parse("{" + json_members("s", hostile, {{"ms", 1.5}}) + "}");
    CHECK(std::string(json.at("message").as_string()) ==
          std::string("a\nb\r\x1b[31m\x7f\0", 11) + "\xc2\x9b\\xFF\"\\ \xe2\x80\xa8");
    CHECK(json.at("ms").as_double() == 1.5);
}

TEST_CASE("every line is in the file, by its level, as text or JSON", "[server]") {
    TempDir folder;
    for (const bool is_json : {false, true}) {
        const auto file = folder / (is_json ? "json" : "text");
        {
            Log log({.file = file, .is_json = is_json});
            log.write(LogLevel::debug, "serve", "not said");
            for (int i = 0; i < 1000; ++i)
                log.write(LogLevel::info, "serve", fmt::format("line {}", i));
            log.set_level(LogLevel::error);
            log.write(LogLevel::warning, "serve", "not said");
        }
        const auto lines = lines_of(file);
        REQUIRE(lines.size() == 1000);
        if (is_json)
            CHECK(boost::json::parse(lines[999]).at("message") == "line 999");
        else
            CHECK_THAT(lines[999], Catch::EndsWith("Z info serve: line 999"));
    }
}

TEST_CASE("a file is put aside when it has grown, and the oldest goes", "[server]") {
    TempDir folder;
    LineFile file({.file = folder / "log", .max_size = 100, .keep = 2});
    for (int i = 0; i < 50; ++i) CHECK(file.write(fmt::format("{:09}\n", i), 1s) == 0);
    CHECK(lines_of(folder / "log").back() == "000000049");
    CHECK(lines_of(folder / "log.1").size() == 10);
    CHECK(lines_of(folder / "log.2").front() == "000000020");
    CHECK_FALSE(std::filesystem::exists(folder / "log.3"));
}

TEST_CASE("what somebody else has put aside is opened anew", "[server]") {
    TempDir folder;
    LineFile file({.file = folder / "log"});
    file.write("one\n", 1s);
    std::filesystem::rename(folder / "log", folder / "old");
    file.close();
    file.write("two\n", 1s);
    CHECK(read_file(folder / "old") == "one\n");
    CHECK(read_file(folder / "log") == "two\n");
}

TEST_CASE("a disk that is full is an error of the line, and half a line is none", "[server]") {
    LineFile full({.file = "/dev/full"});
    CHECK(full.write("line\n", 1s) == ENOSPC);
    LineFile nowhere({.file = "/nowhere/log"});
    CHECK(nowhere.write("line\n", 1s) == ENOENT);
}

TEST_CASE("nobody waits for who does not read the log, and what was left out is told", "[server]") {
    std::signal(SIGPIPE, SIG_IGN);
    TempDir folder;
    const auto pipe = folder / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    std::string read;
    {
        Log log({.file = pipe});
        const std::string words(1000, 'x');
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < 5000; ++i) log.write(LogLevel::info, "serve", words);
        CHECK(std::chrono::steady_clock::now() - begin < 2s);
        for (int i = 0; i < 500 && log.dropped() < 4000; ++i) ::usleep(10'000);
        CHECK(log.dropped() >= 4000);
        const auto take = [&] {
            char buffer[65536];
            for (ssize_t n = 0; (n = ::read(reader, buffer, sizeof buffer)) > 0;)
                read.append(buffer, static_cast<std::size_t>(n));
        };
        take();
        log.write(LogLevel::info, "serve", "again");
        for (int i = 0; i < 500 && read.find("again") == std::string::npos; ++i, take())
            ::usleep(10'000);
    }
    ::close(reader);
    CHECK_THAT(read, Contains(" lines before this one are missing: ") && Contains("serve: again"));
}

}  // namespace trommel::server
