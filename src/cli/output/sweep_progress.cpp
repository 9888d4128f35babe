#include "cli/output/sweep_progress.hpp"

#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::cli {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto redraw = 100ms;

/// `5 s`, `3 min`, `2.5 h`.
std::string duration_text(double seconds) {
    if (seconds < 100) return fmt::format("{:.0f} s", seconds);
    if (seconds < 100 * 60) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

std::string params_text(const SweepCell& cell) {
    std::string text = cell.id;
    for (const auto& [name, value] : cell.params) text += fmt::format(" {}={}", name, value);
    return text;
}

}  // namespace

SweepProgress::SweepProgress(std::int64_t rounds)
    : rounds_(static_cast<double>(rounds)), live_(is_terminal(stderr)) {}

SweepProgress::~SweepProgress() { clear_line(); }

void SweepProgress::sweep_started(std::size_t cells, std::size_t kept) {
    cells_ = cells;
    kept_ = kept;
    begin_ = SteadyClock::now();
    print_progress("{} cells, {} of them done before\n", cells, kept);
    draw(true);
}

void SweepProgress::cell_started(const SweepCell& cell) {
    running_[cell.id] = 0;
    draw(false);
}

void SweepProgress::round_ended(const SweepCell& cell) {
    running_[cell.id] += 1;
    draw(false);
}

void SweepProgress::cell_ended(const SweepCell& cell, const CellEnd& end) {
    running_.erase(cell.id);
    if (end.state != CellState::waiting) ++ended_;
    if (end.state == CellState::failed) {
        ++failed_;
        clear_line();
        print_progress("  {} failed: {}\n", params_text(cell), end.error);
    } else if (!live_ && end.state == CellState::finished) {
        print_progress("  {}  {}\n", params_text(cell), describe());
    }
    draw(true);
}

/// A cell that runs counts by the share of its rounds that have ended; it may end before the last.
std::string SweepProgress::describe() const {
    double done = static_cast<double>(ended_);
    for (const auto& [cell, rounds] : running_) done += std::min(1.0, rounds / rounds_);
    const double left = static_cast<double>(cells_ - kept_) - done;
    const std::chrono::duration<double> took = SteadyClock::now() - begin_;
    std::string text = fmt::format("{}/{} cells", kept_ + ended_, cells_);
    if (failed_ > 0) text += fmt::format(", {} failed", failed_);
    if (done > 0 && left > 0)
        text += fmt::format(", {} left", duration_text(took.count() / done * left));
    return text;
}

void SweepProgress::draw(bool now) {
    if (!live_ || (!now && SteadyClock::now() - drawn_ < redraw)) return;
    drawn_ = SteadyClock::now();
    print_progress("\r\033[K{}", cut("  " + describe(), terminal_width() - 1));
    line_open_ = true;
}

void SweepProgress::clear_line() {
    if (line_open_) print_progress("\r\033[K");
    line_open_ = false;
}

}  // namespace trommel::cli
