#pragma once

#include "trommel/pipeline/operations/sweep/run.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace trommel::cli {

/// Shows a sweep on standard error, with the time that is left: on a terminal one line that is
/// drawn over, elsewhere one line a cell.
class SweepProgress final : public SweepObserver {
public:
    /// `rounds` is how many a cell has at most.
    explicit SweepProgress(std::int64_t rounds);
    ~SweepProgress() override;

    void sweep_started(std::size_t cells, std::size_t kept) override;
    void cell_started(const SweepCell& cell) override;
    void round_ended(const SweepCell& cell) override;
    void cell_ended(const SweepCell& cell, const CellEnd& end) override;

private:
    void draw(bool now);
    void clear_line();
    std::string describe() const;

    double rounds_;
    bool live_;
    std::size_t cells_ = 0;
    std::size_t kept_ = 0;   ///< ended by an earlier sweep
    std::size_t ended_ = 0;  ///< by this one
    std::size_t failed_ = 0;
    std::map<std::string, double> running_;  ///< rounds that have ended, by cell
    std::chrono::steady_clock::time_point begin_{};
    std::chrono::steady_clock::time_point drawn_{};
    bool line_open_ = false;
};

}  // namespace trommel::cli
