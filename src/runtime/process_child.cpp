#include "runtime/process_child.hpp"

#include "trommel/runtime/cancellation.hpp"

#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX has kill here
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace trommel {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} << 10;
constexpr std::chrono::milliseconds look_again_after{1};

/// write(2), but a pipe that nobody reads gives EPIPE and no signal. Per call and per thread, so
/// that the program that uses this library keeps its own ways with SIGPIPE.
ssize_t write_quietly(int fd, const char* bytes, std::size_t count) {
    sigset_t broken_pipe;
    sigset_t before;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
    const ssize_t written = ::write(fd, bytes, count);
    const int error = errno;
    if (written < 0 && error == EPIPE) {
        const timespec no_time{};
        ::sigtimedwait(&broken_pipe, nullptr, &no_time);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return written;
}

ExitStatus status_from(int wait_status) {
    ExitStatus status;
    if (WIFSIGNALED(wait_status))
        status.signal = WTERMSIG(wait_status);
    else
        status.code = WEXITSTATUS(wait_status);
    return status;
}

enum class Life { running, ended, taken };

/// What the kernel says of a child of ours; `taken` where somebody else has had its end already.
Life life_of(int pidfd) {
    siginfo_t found{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd), &found, WEXITED | WNOHANG | WNOWAIT) != 0)
        if (errno != EINTR) return Life::taken;
    return found.si_pid == 0 ? Life::running : Life::ended;
}

/// Nothing where somebody else has had its end already.
std::optional<ExitStatus> wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return std::nullopt;
    return status_from(status);
}

}  // namespace

Process::Child::Child(const asio::any_io_executor& executor, const ProcessSpec& spec)
    : Child(executor, spec, spawn(spec)) {}

Process::Child::Child(const asio::any_io_executor& executor,
                      const ProcessSpec& spec,
                      Spawned spawned)
    : pid_(spawned.pid),
      grace_(spec.grace),
      exit_(executor),
      input_(executor, spawned.input.release()),
      output_(executor, spawned.output.release()),
      errors_(executor, spawned.errors.release()),
      kill_timer_(executor),
      look_again_(executor),
      ended_(executor),
      outside_(OutsideWork::of(executor)),
      lines_(spec.max_line) {
    if (spawned.ended.get() >= 0) exit_.assign(spawned.ended.release());
    input_.native_non_blocking(true);
    errors_.native_non_blocking(true);
}

Process::Child::~Child() {
    if (status_) return;
    signal_group(SIGKILL);
    wait_for(pid_);
}

void Process::Child::watch() {
    ++outside_.programs;
    watch_end();
    watch_errors();
}

/// Only before its leader is reaped, for then the group's number may pass to strangers.
void Process::Child::signal_group(int signal) {
    if (status_ || life_of(exit_.native_handle()) == Life::taken) return;
    ::kill(-pid_, signal);
}

void Process::Child::watch_end() {
    if (!exit_.is_open())
        return asio::post(exit_.get_executor(),
                          [self = shared_from_this()] { self->look_for_end(); });
    exit_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](asio::error_code error) {
                         if (!error) self->look_for_end();
                     });
}

// Readiness is a hint, never a fact. Asio 1.22.1 keeps what it knows of a descriptor in an object
// that it uses again: where a socket is ready and is closed before its turn comes, and the next
// descriptor gets its object, that one is told of the socket's readiness (epoll_reactor.ipp: run()
// queues the object, free_descriptor_state() gives it away, and the wait's perform() asks nobody).
//
// A pidfd may also be readable for a while before its end can be had, under a debugger. So there is
// a pause before the next look, which would else go round as fast as it can. No end is missed
// meanwhile: a wait that begins asks epoll anew.
void Process::Child::look_for_end() {
    const Life life = life_of(exit_.native_handle());
    if (life != Life::running) return reap(life == Life::ended);
    look_again_.expires_after(look_again_after);
    look_again_.async_wait([self = shared_from_this()](asio::error_code error) {
        if (!error) self->watch_end();
    });
}

void Process::Child::reap(bool is_ours) {
    if (is_ours) signal_group(SIGKILL);
    status_ = wait_for(pid_).value_or(ExitStatus{.code = ExitStatus::unknown});
    --outside_.programs;
    // A pipe holds 1 MiB at most; who still writes to it is not waited for.
    for (int i = 0; i < 16 && read_errors(); ++i) continue;
    status_->errors = errors_seen_.text();
    errors_.close();
    close_input();
    kill_timer_.cancel();
    ended_.set();
}

void Process::Child::watch_errors() {
    errors_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](asio::error_code error) {
                           if (!error && !self->status_ && self->read_errors())
                               self->watch_errors();
                       });
}

/// Takes what is there, at most a pipe full; false at the end of it.
bool Process::Child::read_errors() {
    std::array<char, chunk_bytes> chunk;
    const ssize_t count = ::read(errors_.native_handle(), chunk.data(), chunk.size());
    if (count <= 0) return count < 0 && (errno == EAGAIN || errno == EINTR);
    errors_seen_.append({chunk.data(), static_cast<std::size_t>(count)});
    return true;
}

asio::awaitable<SendStatus> Process::Child::write(std::string bytes) {
    std::size_t done = 0;
    while (input_.is_open() && done < bytes.size()) {
        const ssize_t count =
            write_quietly(input_.native_handle(), bytes.data() + done, bytes.size() - done);
        const int error = errno;
        if (count >= 0) {
            done += static_cast<std::size_t>(count);
        } else if (error == EPIPE) {
            close_input();
        } else if (error == EAGAIN) {
            asio::error_code ignored;
            co_await input_.async_wait(asio::posix::stream_descriptor::wait_write,
                                       asio::redirect_error(asio::use_awaitable, ignored));
            const auto state = co_await asio::this_coro::cancellation_state;
            if (detail::is_cancelled(state)) detail::throw_cancelled();
        } else if (error != EINTR) {
            throw std::system_error(error, std::generic_category(), "write to a process");
        }
    }
    co_return done == bytes.size() ? SendStatus::sent : SendStatus::closed;
}

void Process::Child::close_input() {
    asio::error_code ignored;
    input_.close(ignored);
}

asio::awaitable<std::optional<std::string>> Process::Child::read_line() {
    while (true) {
        std::optional<std::string> line = lines_.take_line();
        if (line) co_return line;
        const bool more = co_await fill();
        if (!more) co_return lines_.take_rest();
    }
}

/// False at the end of the output.
asio::awaitable<bool> Process::Child::fill() {
    if (!output_.is_open()) co_return false;
    const std::span<char> room = lines_.prepare(chunk_bytes);
    const auto buffer = asio::buffer(room.data(), room.size());
    asio::error_code error;
    const std::size_t count =
        co_await output_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
    lines_.commit(count);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (count == 0 && detail::is_cancelled(state)) detail::throw_cancelled();
    co_return !error;
}

void Process::Child::close_output() {
    asio::error_code ignored;
    output_.close(ignored);
}

void Process::Child::terminate() {
    if (status_ || terminating_) return;
    terminating_ = true;
    signal_group(SIGTERM);
    kill_timer_.expires_after(grace_);
    kill_timer_.async_wait([self = shared_from_this()](asio::error_code error) {
        if (!error) self->signal_group(SIGKILL);
    });
}

asio::awaitable<ExitStatus> Process::Child::wait() {
    while (!status_) {
        co_await ended_.wait();
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool throws = co_await asio::this_coro::throw_if_cancelled();
        if (throws && detail::is_cancelled(state)) detail::throw_cancelled();
    }
    co_return *status_;
}

}  // namespace trommel
