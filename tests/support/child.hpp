#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace trommel::test {

/// A program that runs beside the test: reads what the test says, and the test reads what it
/// prints. Killed at the end if it still runs.
class Child {
public:
    explicit Child(std::vector<std::string> command) {
        std::vector<char*> argv;
        for (auto& word : command) argv.push_back(word.data());
        argv.push_back(nullptr);
        int to_child[2];
        int from_child[2];
        if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(from_child, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe2");
        id_ = ::fork();
        if (id_ == 0) {
            ::dup2(to_child[0], STDIN_FILENO);
            ::dup2(from_child[1], STDOUT_FILENO);
            ::execvp(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(to_child[0]);
        ::close(from_child[1]);
        input_ = ::fdopen(to_child[1], "w");
        output_ = ::fdopen(from_child[0], "r");
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        kill();
        std::fclose(input_);
        std::fclose(output_);
    }

    void say(const std::string& text) {
        std::fputs(text.c_str(), input_);
        std::fflush(input_);
    }

    /// The next line that it prints; nothing after the last.
    std::optional<std::string> line() {
        std::string line;
        for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_)) {
            if (c == '\n') return line;
            line += static_cast<char>(c);
        }
        return std::nullopt;
    }

    /// SIGKILL; returns once it is gone.
    void kill() {
        if (id_ == 0) return;
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
        id_ = 0;
    }

private:
    pid_t id_ = 0;
    std::FILE* input_ = nullptr;
    std::FILE* output_ = nullptr;
};

}  // namespace trommel::test
