// Process::Child: the part of a process that lives on until it is reaped.
#pragma once

#include "runtime/line_buffer.hpp"
#include "runtime/seen_text.hpp"
#include "runtime/spawn.hpp"
#include "trommel/runtime/event.hpp"
#include "trommel/runtime/outside_work.hpp"
#include "trommel/runtime/process.hpp"

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

namespace trommel {

/// Kept alive by the handlers that wait for its end, so that a Process may die before its program.
class Process::Child : public std::enable_shared_from_this<Process::Child> {
public:
    Child(const asio::any_io_executor& executor, const ProcessSpec& spec);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    /// Once, when a shared_ptr owns it.
    void watch();

    int id() const { return pid_; }
    asio::awaitable<SendStatus> write(std::string bytes);
    void close_input();
    asio::awaitable<std::optional<std::string>> read_line();
    bool has_line() const { return lines_.has_line(); }
    void close_output();
    void terminate();
    asio::awaitable<ExitStatus> wait();

private:
    Child(const asio::any_io_executor& executor, const ProcessSpec& spec, Spawned spawned);

    asio::awaitable<bool> fill();
    void watch_end();
    void look_for_end();
    void watch_errors();
    bool read_errors();
    void reap(bool is_ours);
    void signal_group(int signal);

    const pid_t pid_;
    const std::chrono::milliseconds grace_;
    asio::posix::stream_descriptor exit_;
    asio::posix::stream_descriptor input_;
    asio::posix::stream_descriptor output_;
    asio::posix::stream_descriptor errors_;
    asio::steady_timer kill_timer_;
    asio::steady_timer look_again_;
    Event ended_;
    OutsideWork& outside_;
    LineBuffer lines_;
    SeenText errors_seen_;
    std::optional<ExitStatus> status_;
    bool terminating_ = false;
};

}  // namespace trommel
