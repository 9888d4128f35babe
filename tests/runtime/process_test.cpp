#include "trommel/runtime/process.hpp"

#include "support/run.hpp"
#include "trommel/core/error.hpp"
#include "trommel/runtime/deadline.hpp"
#include "trommel/runtime/nursery.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace trommel {
namespace {

using namespace std::chrono_literals;

ProcessSpec shell(const std::string& script) { return {.argv = {"sh", "-c", script}}; }

asio::awaitable<void> collect(Process& process, std::vector<std::string>& lines) {
    while (true) {
        std::optional<std::string> line = co_await process.read_line();
        if (!line) co_return;
        lines.push_back(std::move(*line));
    }
}

struct Finished {
    ExitStatus status{};
    std::vector<std::string> lines{};
};

Finished run_shell(ProcessSpec spec, const ProcessTalk& feed = {}) {
    Finished finished;
    const ProcessTalk consume = [&](Process& process) { return collect(process, finished.lines); };
    finished.status = test::run_to_end(run_process(std::move(spec), feed, consume));
    return finished;
}

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

/// Also false for a zombie that its new parent has yet to reap.
bool is_running(int pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(stat, line)) return false;
    const char state = line.at(line.rfind(')') + 2);
    return state != 'Z' && state != 'X';
}

/// SIGKILL takes its time to arrive at processes that are not our children.
bool ends_soon(int pid) {
    const auto patience = std::chrono::steady_clock::now() + 10s;
    while (is_running(pid) && std::chrono::steady_clock::now() < patience)
        std::this_thread::yield();
    return !is_running(pid);
}

TEST_CASE("a process gives its output and its exit code", "[runtime]") {
    const Finished finished = run_shell(shell("echo one; printf two; exit 3"));

    CHECK(finished.lines == std::vector<std::string>{"one", "two"});
    CHECK(finished.status.code == 3);
    CHECK(!finished.status.success());
    CHECK(to_text(finished.status) == "exited with code 3");
}

TEST_CASE("a process that a signal ended says so", "[runtime]") {
    const Finished finished = run_shell(shell("echo going >&2; kill -KILL $$"));

    CHECK(to_text(finished.status) == "was ended by signal 9 (Killed): going");
}

TEST_CASE("a program whose end nobody can tell has not succeeded", "[runtime]") {
    // So that the kernel reaps children itself, as it does under a parent that ignores SIGCHLD.
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    const Finished finished = run_shell(shell("echo bad >&2; exit 3"));
    std::signal(SIGCHLD, before);

    CHECK(!finished.status.success());
    CHECK_THAT(to_text(finished.status),
               Catch::Contains("how is unknown") && Catch::EndsWith(": bad"));
}

TEST_CASE("a program that the kernel has reaped before it is watched has ended", "[runtime]") {
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 200; ++i) CHECK(!run_shell({.argv = {"true"}}).status.success());
    std::signal(SIGCHLD, before);
}

TEST_CASE("only the end of standard error is kept however much there is", "[runtime]") {
    const Finished finished =
        run_shell(shell("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo last >&2"));

    CHECK(finished.status.success());
    CHECK(finished.status.errors.size() <= 4096);
    CHECK_THAT(finished.status.errors, Catch::EndsWith("xlast"));
}

TEST_CASE("a process gets its folder and the additions to its environment", "[runtime]") {
    ProcessSpec spec = shell("pwd; echo $TROMMEL_TEST $HOME");
    spec.directory = "/usr";
    spec.environment = {{"TROMMEL_TEST", "a b"}, {"HOME", "/nowhere"}};

    CHECK(run_shell(spec).lines == std::vector<std::string>{"/usr", "a b /nowhere"});
}

TEST_CASE("arguments reach a program as they are", "[runtime]") {
    const ProcessSpec spec{.argv = {"printf", "%s\n", "$HOME; 'x' *", ""}};

    CHECK(run_shell(spec).lines == std::vector<std::string>{"$HOME; 'x' *", ""});
}

TEST_CASE("a program that is missing is named, with a way out", "[runtime]") {
    const ProcessSpec spec{.argv = {"no-such-program"}};

    CHECK_THROWS_WITH(run_shell(spec),
                      Catch::Contains("'no-such-program'") && Catch::Contains("install it"));
    CHECK_THROWS_AS(run_shell(spec), Error);
}

TEST_CASE("a missing folder is not taken for a missing program", "[runtime]") {
    ProcessSpec spec = shell("true");
    spec.directory = "/no/such/folder";

    CHECK_THROWS_WITH(run_shell(spec), Catch::Contains("/no/such/folder"));
}

asio::awaitable<void> write_lines(Process& process, std::size_t count, std::string line) {
    for (std::size_t i = 0; i < count; ++i) {
        const SendStatus status = co_await process.write(line);
        if (status == SendStatus::closed) co_return;
    }
}

TEST_CASE("10 MB go through a process that echoes them without deadlock", "[runtime]") {
    const std::string line(9'999, 'x');
    const ProcessTalk feed = [&](Process& process) {
        return write_lines(process, 1000, line + "\n");
    };

    const Finished finished = run_shell({.argv = {"cat"}}, feed);

    CHECK(finished.status.success());
    CHECK(finished.lines == std::vector<std::string>(1000, line));
}

asio::awaitable<void> note_closed(Process& process, SendStatus& status) {
    const std::string bytes(100'000, 'x');
    while (status == SendStatus::sent) {
        const SendStatus written = co_await process.write(bytes);
        status = written;
    }
}

TEST_CASE("a process that reads no more stops its writer and not us", "[runtime]") {
    SendStatus status = SendStatus::sent;
    const ProcessTalk feed = [&](Process& process) { return note_closed(process, status); };

    const Finished finished = run_shell(shell("exec 0<&-; echo done"), feed);

    CHECK(status == SendStatus::closed);
    CHECK(finished.lines == std::vector<std::string>{"done"});
}

asio::awaitable<void> wait_for_ever(Process& process) {
    const auto executor = co_await asio::this_coro::executor;
    Event never(executor);
    co_await never.wait();
    process.close_input();
}

TEST_CASE("a process that ends does not wait for more input", "[runtime]") {
    CHECK(run_shell(shell("exit 4"), wait_for_ever).status.code == 4);
}

TEST_CASE("a reader that has had enough lets the process end", "[runtime]") {
    std::optional<std::string> first;
    const ProcessTalk consume = [&](Process& process) -> asio::awaitable<void> {
        const std::optional<std::string> line = co_await process.read_line();
        first = line;
    };

    const ExitStatus status = test::run_to_end(run_process({.argv = {"yes"}}, {}, consume));

    CHECK(first == "y");
    CHECK(status.signal == SIGPIPE);
}

TEST_CASE("a line that is too long ends the process with an error", "[runtime]") {
    ProcessSpec spec = shell("head -c 1000 /dev/zero; sleep 100");
    spec.max_line = 100;

    CHECK_THROWS_AS(run_shell(spec), DataError);
    CHECK(!has_children());
}

asio::awaitable<void> read_pids(Process& process, std::vector<int>& pids) {
    for (int i = 0; i < 2; ++i) {
        const std::optional<std::string> line = co_await process.read_line();
        pids.push_back(std::stoi(line.value()));
    }
}

TEST_CASE("a family of processes that ignores SIGTERM is killed after the grace", "[runtime]") {
    ProcessSpec spec = shell("trap '' TERM; sleep 100 & echo $$; echo $!; wait; sleep 100");
    spec.grace = 20ms;
    std::vector<int> pids;
    const ProcessTalk consume = [&](Process& process) -> asio::awaitable<void> {
        co_await read_pids(process, pids);
        throw Error("enough");
    };

    CHECK_THROWS_WITH(test::run_to_end(run_process(spec, {}, consume)), "enough");

    REQUIRE(pids.size() == 2);
    CHECK(!is_running(pids[0]));
    CHECK(ends_soon(pids[1]));
    CHECK(!has_children());
}

TEST_CASE("a process whose caller is cancelled has ended when the caller goes on", "[runtime]") {
    const ProcessSpec spec{.argv = {"sleep", "100"}};
    const auto soon = std::chrono::steady_clock::now() + 10ms;

    CHECK_THROWS_AS(test::run_to_end(with_deadline(run_process(spec, {}, {}), soon)),
                    DeadlineExceeded);

    CHECK(!has_children());
}

asio::awaitable<int> start_and_forget() {
    const auto executor = co_await asio::this_coro::executor;
    const ProcessSpec spec{.argv = {"sleep", "100"}};
    Process process(executor, spec);
    co_return process.id();
}

TEST_CASE("a process that was forgotten is ended by the loop", "[runtime]") {
    asio::io_context loop(1);

    const int pid = run(loop, start_and_forget());
    loop.restart();
    loop.run();

    CHECK(!is_running(pid));
    CHECK(!has_children());
}

TEST_CASE("no process outlives its loop", "[runtime]") {
    const int pid = test::run_to_end(start_and_forget());

    CHECK(!is_running(pid));
    CHECK(!has_children());
}

TEST_CASE("what a process leaves running ends with it", "[runtime]") {
    const Finished finished = run_shell(shell("sleep 100 & echo $!"));

    REQUIRE(finished.lines.size() == 1);
    CHECK(ends_soon(std::stoi(finished.lines[0])));
}

}  // namespace
}  // namespace trommel
