// Process: another program, fed and read by coroutines, that never outlives its use.
#pragma once

#include "trommel/runtime/send_status.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// What to run. Never a shell line: `argv` reaches the program as it is.
struct ProcessSpec {
    std::vector<std::string> argv{};    ///< the program, searched in PATH, and its arguments
    std::filesystem::path directory{};  ///< where it runs; empty: where we do
    std::map<std::string, std::string> environment{};  ///< added to ours, replacing equal names
    std::chrono::milliseconds grace{5000};             ///< between SIGTERM and SIGKILL
    std::size_t max_line = std::size_t{64} << 20;      ///< bytes in one line of its output
};

/// How a process ended.
struct ExitStatus {
    static constexpr int unknown = -1;

    int code = 0;    ///< what it returned; 0 if a signal ended it; unknown if nobody can say
    int signal = 0;  ///< what ended it, or 0
    /// The last lines of its standard error as a terminal would show them: UTF-8, at most 4 KiB.
    std::string errors{};

    bool success() const { return code == 0 && signal == 0; }
};

/// `exited with code 3` or `was ended by signal 9 (Killed)`, then what was last seen on its
/// standard error, if anything.
std::string to_text(const ExitStatus& status);

/// A running program with its own process group. Memory is bounded: its output waits in the pipe
/// until asked for, and of its standard error only the end is kept.
///
/// It has ended when waitid(2) says so. Whatever it left running in its group is killed then. When
/// the object dies first, the group gets SIGTERM, after the grace SIGKILL, and is reaped, on the
/// loop meanwhile; if the loop dies too, SIGKILL at once. No zombie stays. Prefer run_process,
/// which waits for all of that.
class Process {
public:
    /// Starts it. Throws Error if the program is not found or cannot run.
    Process(const asio::any_io_executor& executor, const ProcessSpec& spec);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    int id() const;

    /// Returns when the pipe has taken all of `bytes`; `closed` if the program reads no more, which
    /// is not an error and raises no SIGPIPE. One writer at a time, beside a reader.
    asio::awaitable<SendStatus> write(std::string bytes);
    void close_input();

    /// The next line of its standard output without the line end, or nothing at the end of it.
    /// Throws DataError if the line is longer than `max_line`. One reader at a time.
    asio::awaitable<std::optional<std::string>> read_line();
    /// Whether read_line would return a line without waiting.
    bool has_line() const;
    void close_output();

    /// Asks the whole group to end and forces it after the grace. Does not wait.
    void terminate();

    /// Returns when it has ended.
    asio::awaitable<ExitStatus> wait();

private:
    class Child;
    std::shared_ptr<Child> child_;
};

/// One half of a conversation with a process.
using ProcessTalk = std::function<asio::awaitable<void>(Process&)>;

/// Runs a process to its end. `feed` writes its input, which is closed after it, while `consume`
/// reads its output; either may be empty: no input, output thrown away. `feed` is cancelled if the
/// process ends first. If either throws, or the caller is cancelled, the process is terminated and
/// awaited before the error goes on. A process that fails is not an error here: use the status.
asio::awaitable<ExitStatus> run_process(ProcessSpec spec, ProcessTalk feed, ProcessTalk consume);

}  // namespace trommel
