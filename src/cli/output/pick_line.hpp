// How far a selection has come, for who waits for it.
#pragma once

#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"
#include "trommel/core/text.hpp"

#include <chrono>
#include <cstdio>

namespace trommel::cli {

/// One line on a terminal, drawn over; elsewhere nothing.
class PickLine {
public:
    explicit PickLine(std::size_t wanted) : wanted_(wanted) {}
    PickLine(const PickLine&) = delete;
    PickLine& operator=(const PickLine&) = delete;
    ~PickLine() {
        if (is_open_) print_progress("\r\033[K");
    }

    void show() {
        ++picked_;
        if (!is_live_ || std::chrono::steady_clock::now() - drawn_ < std::chrono::milliseconds(200))
            return;
        drawn_ = std::chrono::steady_clock::now();
        is_open_ = true;
        print_progress("\r\033[K  {} of {} picks", with_commas(picked_), with_commas(wanted_));
    }

private:
    std::size_t wanted_;
    std::size_t picked_ = 0;
    bool is_live_ = is_terminal(stderr);
    bool is_open_ = false;
    std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace trommel::cli
