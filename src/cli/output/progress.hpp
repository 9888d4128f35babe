#pragma once

#include "trommel/pipeline/engine/history/observer.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace trommel::cli {

/// Shows a run on standard error: on a terminal one line that is drawn over, with the round and
/// what each stage has sent; elsewhere one line a round.
class Progress final : public Observer {
public:
    /// `rounds` is how many there are at most; 0: not known.
    explicit Progress(std::int64_t rounds = 0);
    ~Progress() override;

    void loop_started(const std::string& part) override;
    void round_started(std::uint32_t round) override;
    void stage_started(const std::string& stage) override;
    void stage_sent(const std::string& stage, std::size_t records) override;
    void stage_retries(const StageRetry& retry) override;
    void stage_used_cache(const CacheUse& use) override;
    void records_failed(const FailedRecords& failed) override;
    void stage_ended(const std::string& stage, std::chrono::nanoseconds took) override;
    void round_ended(std::uint32_t round, std::chrono::nanoseconds took) override;
    void selected(const RoundPicks& picks) override;
    void measured(const Measurement& measurement) override;
    void warned(const Warning& warning) override;
    void loop_ended(const std::string& part, const std::string& reason) override;

private:
    struct StageProgress {
        std::string name;
        std::size_t records = 0;
        std::chrono::steady_clock::time_point begin{};
        bool ended = false;
        bool cached = false;
    };

    void draw(bool now);
    void clear_line();
    std::string describe_round() const;
    std::string describe(const StageProgress& stage) const;

    std::int64_t rounds_;
    bool live_;
    std::uint32_t round_ = 0;
    std::vector<StageProgress> stages_;
    std::string measured_;
    std::string selected_;
    std::chrono::steady_clock::time_point drawn_{};
    bool line_open_ = false;
};

}  // namespace trommel::cli
