#include "cli/output/progress.hpp"

#include "cli/output/output.hpp"
#include "cli/output/terminal.hpp"
#include "trommel/core/machine.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel::cli {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto redraw = 50ms;

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Progress::Progress(std::int64_t rounds) : rounds_(rounds), live_(is_terminal(stderr)) {}

Progress::~Progress() { clear_line(); }

void Progress::loop_started(const std::string& part) {
    clear_line();
    print_progress("{}\n", part);
}

void Progress::round_started(std::uint32_t round) {
    round_ = round;
    stages_.clear();
    measured_.clear();
    selected_.clear();
    draw(true);
}

void Progress::stage_started(const std::string& stage) {
    stages_.push_back({.name = stage, .records = 0, .begin = SteadyClock::now(), .ended = false});
    draw(false);
}

void Progress::stage_sent(const std::string& stage, std::size_t records) {
    const auto found = std::ranges::find(stages_, stage, &StageProgress::name);
    if (found != stages_.end()) found->records += records;
    draw(false);
}

void Progress::stage_retries(const StageRetry& retry) {
    clear_line();
    print_progress("  {}  {}: attempt {} of {} failed, again in {}: {}\n",
                   describe_round(),
                   retry.stage,
                   retry.attempt,
                   retry.attempts,
                   to_text(retry.delay),
                   trim(retry.reason));
    draw(true);
}

void Progress::stage_used_cache(const CacheUse& use) {
    const auto found = std::ranges::find(stages_, use.stage, &StageProgress::name);
    if (found != stages_.end()) found->cached = use.hit;
    draw(false);
}

void Progress::records_failed(const FailedRecords& failed) {
    clear_line();
    print_progress("  {}  {}: {} of {} records could not be used and {}\n",
                   describe_round(),
                   failed.stage,
                   with_commas(failed.records),
                   with_commas(failed.of),
                   failed.quarantined ? "are in quarantine" : "were skipped");
    draw(true);
}

void Progress::stage_ended(const std::string& stage, std::chrono::nanoseconds) {
    const auto found = std::ranges::find(stages_, stage, &StageProgress::name);
    if (found != stages_.end()) found->ended = true;
    draw(false);
}

/// `20 picks`, and why they are fewer than asked for or not exact: `3 picks (no sample is left)`.
void Progress::selected(const RoundPicks& picks) {
    selected_ = fmt::format("  {} picks", with_commas(picks.picks.size()));
    const bool is_usual = std::ranges::all_of(
        picks.stop_reasons, [](auto reason) { return reason == selection::StopReason::wanted; });
    if (is_usual && !picks.outcome.recall) return;
    selected_ += fmt::format(" ({})", stop_reason_of(picks));
}

void Progress::measured(const Measurement& measurement) {
    measured_ = fmt::format("{} labels", with_commas(measurement.labels));
    for (const auto& [metric, value] : measurement.values)
        measured_ += fmt::format("  {} {:.4f}", metric.substr(metric.rfind('.') + 1), value);
}

void Progress::round_ended(std::uint32_t, std::chrono::nanoseconds took) {
    clear_line();
    if (!live_)
        print_progress(
            "  {}  {}{}  {:.3f} s\n", describe_round(), measured_, selected_, seconds(took));
}

void Progress::warned(const Warning& warning) {
    clear_line();
    print_progress("  {}warning[{}]:{} {}; {}\n",
                   colour(stderr, "33"),
                   warning.code,
                   colour(stderr, "0"),
                   warning.message,
                   warning.hint);
}

void Progress::loop_ended(const std::string&, const std::string& reason) {
    clear_line();
    print_progress("  {}\n", reason);
}

std::string Progress::describe_round() const {
    if (round_ == 0) return "closing measurement";
    if (rounds_ == 0) return fmt::format("round {}", round_);
    return fmt::format("round {}/{}", round_, rounds_);
}

std::string Progress::describe(const StageProgress& stage) const {
    const auto records = fmt::format("{} {}", stage.name, with_commas(stage.records));
    if (stage.ended) return records + (stage.cached ? " (cached)" : "");
    const double took = seconds(drawn_ - stage.begin);
    const double rate = took > 0 ? static_cast<double>(stage.records) / took : 0;
    return fmt::format("{} ({:.0f}/s)", records, rate);
}

/// Redraws at most every 50 ms, so that a fast round does not spend its time on the terminal.
void Progress::draw(bool now) {
    if (!live_ || (!now && SteadyClock::now() - drawn_ < redraw)) return;
    drawn_ = SteadyClock::now();
    std::string line = "  " + describe_round();
    for (const auto& stage : stages_) line += " | " + describe(stage);
    print_progress("\r\033[K{}", cut(line, terminal_width() - 1));
    line_open_ = true;
}

void Progress::clear_line() {
    if (line_open_) print_progress("\r\033[K");
    line_open_ = false;
}

}  // namespace trommel::cli
