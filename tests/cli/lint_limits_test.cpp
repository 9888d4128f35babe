// What `trommel lint` takes of the machine, whatever file it is given.

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

namespace {

struct Lint {
    int code = 0;
    double seconds = 0;  ///< of a processor
    double mebibytes = 0;
    std::string output{};
};

/// Runs `trommel lint FILE` and asks the kernel what it took.
Lint lint(const TempDir& folder, const std::string& file) {
    const auto output = folder / "output";
    const pid_t child = ::fork();
    if (child == 0) {
        const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        ::execl(TROMMEL_PROGRAM, "trommel", "lint", file.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    std::ifstream text(output);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime),
            .mebibytes = static_cast<double>(usage.ru_maxrss) / 1024,
            .output = {std::istreambuf_iterator<char>(text), {}}};
}

/// As much of `piece`, repeated, as a file may hold.
std::string filled_with(const std::string& piece) {
    constexpr std::size_t most = std::size_t{1} << 20;
    std::string text;
    while (text.size() + piece.size() <= most) text += piece;
    return text;
}

/// Sanitizers take more memory and time than the program.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_plain_build = false;
#else
constexpr bool is_plain_build = true;
#endif

void check_refused(const Lint& lint, const std::string& why) {
    CHECK(lint.code == 2);
    CHECK_THAT(lint.output, Contains(why));
    CHECK(lint.output.size() < 100'000);
    if (!is_plain_build) return;
    CHECK(lint.mebibytes < 100);
    CHECK(lint.seconds < 1);
}

}  // namespace

TEST_CASE("a file of 100 MB is refused in little memory and time", "[cli]") {
    const TempDir folder;
    const auto file = folder.write("long.yaml", "version: 1\n");
    std::filesystem::resize_file(file, 100'000'000);

    check_refused(lint(folder, file.string()), "longer than 1 MiB");
    check_refused(lint(folder, "/dev/zero"), "longer than 1 MiB");
}

TEST_CASE("texts made to cost much are refused in little memory and time", "[cli]") {
    struct {
        std::string piece;
        std::string why;
    } const texts[] = {
        {"[", "too-many-nodes"},
        {"{", "too-many-nodes"},
        {"{a: ", "too-many-nodes"},
        {"[a,", "too-many-nodes"},
        {"[[[[[[[[[[[[[[[[ #]]]]]]]]]]]]]]]]\n", "too-many-nodes"},
        {"[[[[[[[[\"]]]]]]]]\",", "too-many-nodes"},
        {"- ", "too-deep"},
        {"? ", "bad-key"},
        {"-\n", "too-many-nodes"},
        {"&a ", "yaml"},
        {"*a ", "yaml"},
        {"!a ", "unknown-tag"},
        {":", "unknown-key"},
        {"\n", "empty"},
        {"a: &a x\n", "duplicate-key"},
        {"\xe3\x81\x82", "wrong-type"},
    };
    const TempDir folder;
    for (const auto& [piece, why] : texts) {
        CAPTURE(piece);
        const auto file = folder.write("costly.yaml", filled_with(piece));
        check_refused(lint(folder, file.string()), why);
    }
}

TEST_CASE("nesting just under the bound on brackets is refused as well", "[cli]") {
    const TempDir folder;
    const auto file = folder.write("deep.yaml", std::string(100'000, '['));

    check_refused(lint(folder, file.string()), "too-deep");
}

TEST_CASE("an alias bomb is refused in little memory and time", "[cli]") {
    std::string text = "a0: &a0 x\n";
    for (int level = 1; level < 60; ++level) {
        text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
        for (int i = 0; i < 9; ++i) text += "*a" + std::to_string(level - 1) + ", ";
        text += "x]\n";
    }
    const TempDir folder;
    const auto file = folder.write("bomb.yaml", text);

    check_refused(lint(folder, file.string()), "counting each alias in full");
}

}  // namespace trommel
