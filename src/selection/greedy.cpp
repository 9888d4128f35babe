#include "selection/greedy.hpp"

#include "selection/blocks.hpp"
#include "selection/fresh_pool.hpp"
#include "selection/parallel.hpp"
#include "selection/scan.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

namespace trommel::selection {
namespace {

constexpr std::size_t candidates_a_task = 1024;
constexpr std::size_t radius_sample = 4096;
/// With fewer centres, bringing everything up to date costs less than finding out what may wait.
constexpr std::size_t few_centers = 64;

bool is_finite(std::span<const float> row) {
    return std::ranges::all_of(row, [](float x) { return std::isfinite(x); });
}

[[noreturn]] void fail_not_finite(SampleIndex sample) {
    throw DataError(fmt::format(
        "the embedding of sample {} has a value that is not finite; every value must be "
        "a finite number",
        sample));
}

/// Keeps the least of what several threads report.
void keep_least(std::atomic<std::size_t>& least, std::size_t value) {
    auto known = least.load();
    while (value < known && !least.compare_exchange_weak(known, value)) {
    }
}

}  // namespace

/// What a round is to pick, and has.
struct Greedy::Round {
    double threshold;
    std::size_t wanted;
    std::size_t picked = 0;
    const std::function<bool(const Choice&)>& take;
};

Greedy::Greedy(const Candidates& candidates,
               const Priority& priority,
               Poll poll,
               const Tuning& tuning)
    : candidates_(candidates),
      priority_(priority),
      poll_(std::move(poll)),
      tuning_(tuning),
      bounds_(candidates.count()),
      centers_(candidates.rows.dimensions),
      active_wanted_(4 * tuning.pool) {
    std::ranges::fill(bounds_.squared.all(), std::numeric_limits<float>::infinity());
    std::ranges::fill(bounds_.seen.all(), 0U);
    std::ranges::fill(bounds_.nearest.all(), 0U);
    if (tuning.neighbors == Tuning::Use::never) probes_ = false;
}

Standing Greedy::standing() {
    const bool has_lists = tuning_.neighbors != Tuning::Use::never;
    return {.candidates = candidates_,
            .priority = priority_,
            .centers = centers_,
            .codes = codes_ ? &*codes_ : nullptr,
            .neighbors = has_lists ? &neighbors_ : nullptr,
            .kernels = *tuning_.kernels,
            .bounds = bounds_};
}

void Greedy::poll() const {
    if (poll_) poll_();
}

void Greedy::choose(SampleIndex sample) {
    std::vector<float> room(candidates_.rows.dimensions);
    const float* row = single(candidates_.rows, sample, *tuning_.kernels, room.data());
    if (!is_finite({row, candidates_.rows.dimensions})) fail_not_finite(sample);
    centers_.add(sample, row);
    const auto place = std::ranges::lower_bound(candidates_.samples, sample);
    if (place == candidates_.samples.end() || *place != sample) return;
    bounds_.squared[static_cast<std::size_t>(place - candidates_.samples.begin())] = Bounds::taken;
}

void Greedy::compare_with_first(std::size_t begin, std::size_t end, std::atomic<std::size_t>& bad) {
    std::vector<float> room(candidates_.rows.dimensions);
    for (std::size_t i = begin; i < end; ++i) {
        if ((i - begin) % 64 == 0) poll();
        if (bounds_.seen[i] > 0) continue;
        const auto sample = candidates_.samples[i];
        const float* row = single(candidates_.rows, sample, *tuning_.kernels, room.data());
        float squared = 0;
        tuning_.kernels->stream(row, 0, 1, centers_.row(0), candidates_.rows.dimensions, &squared);
        if (!std::isfinite(squared) && !is_finite({row, candidates_.rows.dimensions}))
            keep_least(bad, i);
        if (bounds_.squared[i] != Bounds::taken) bounds_.squared[i] = squared;
        bounds_.seen[i] = 1;
    }
}

void Greedy::begin() {
    if (has_begun_) return;
    std::atomic<std::size_t> bad = candidates_.count();
    in_parallel(candidates_.count(), candidates_a_task, [&](std::size_t begin, std::size_t end) {
        compare_with_first(begin, end, bad);
    });
    if (bad < candidates_.count()) fail_not_finite(candidates_.samples[bad]);
    work_.distances += candidates_.count();
    work_.rows += candidates_.count();
    has_begun_ = true;
    radius_is_known_ = centers_.count() <= few_centers;
}

void Greedy::resume(std::span<const SampleIndex> centers, Bounds bounds) {
    bounds_ = std::move(bounds);
    for (const auto sample : centers) choose(sample);
    is_resumed_ = true;
}

Stopped Greedy::extend(std::size_t wanted,
                       double least,
                       const std::function<bool(const Choice&)>& take) {
    begin();
    Round round{.threshold = 0, .wanted = wanted, .take = take};
    return blocks_pay(wanted) ? extend_in_blocks(round, least) : extend_in_rounds(round, least);
}

Stopped Greedy::extend_in_rounds(Round& round, double least) {
    const std::size_t wanted = round.wanted;
    while (round.picked < wanted) {
        poll();
        ++work_.rounds;
        const double best = highest(bounds_, priority_);
        if (best == Priority::none) return Stopped::used_up;
        if (best < least) return Stopped::threshold;
        plan(wanted - round.picked);

        round.threshold = threshold_of_round(best, least);
        const auto active = activate(round.threshold, best);
        catch_up_all(active, round.threshold);
        std::size_t reaching = 0;
        const auto fresh = survivors(active, round.threshold, reaching);
        if (fresh.empty()) {
            if (round.threshold <= least) return Stopped::threshold;
            radius_is_known_ = false;
        }
        if (const auto stopped = pick_among(fresh, round)) return *stopped;
        adapt(active.size(), std::max(fresh.size(), reaching / 4), wanted - round.picked);
    }
    return Stopped::enough;
}

std::optional<Stopped> Greedy::pick_in(Blocks& blocks, Round& round, double least) {
    const auto best = blocks.best();
    if (!best) return Stopped::used_up;
    if (best->priority < least) return Stopped::threshold;
    if (!round.take({best->place, best->priority, best->squared, best->nearest}))
        return Stopped::refused;
    centers_.add(candidates_.samples[best->place], blocks.row(*best));
    blocks.take(*best);
    ++round.picked;
    return std::nullopt;
}

Stopped Greedy::extend_in_blocks(Round& round, double least) {
    Blocks blocks(standing(), poll_);
    std::optional<Stopped> stopped;
    while (!stopped && round.picked < round.wanted) {
        poll();
        stopped = pick_in(blocks, round, least);
    }
    blocks.write_back();
    work_.distances += blocks.distances();
    work_.rows += candidates_.count();
    return stopped.value_or(Stopped::enough);
}

double Greedy::threshold_of_round(double highest, double least) {
    double threshold = Priority::none;
    if (!radius_is_known_) threshold = radius_of_sample();
    radius_is_known_ = true;
    if (threshold == Priority::none) {
        const double guess = last_threshold_ > 0 ? last_threshold_ / 2 : Priority::none;
        threshold = priority_of_rank(bounds_, priority_, active_wanted_, guess);
    }
    if (threshold == Priority::none) threshold = highest;
    last_threshold_ = std::max(threshold, least);
    return last_threshold_;
}

/// The highest priority of some candidates that are brought fully up to date: no more than the
/// highest of all, and about it. Where bounds are stale since many centres they say nothing about
/// that, and using them would bring everything up to date.
double Greedy::radius_of_sample() {
    std::vector<Place> sample;
    const std::size_t count = std::min(candidates_.count(), radius_sample);
    for (std::size_t i = 0; i < count; ++i) {
        const auto place = static_cast<Place>(i * candidates_.count() / count);
        if (bounds_.squared[place] != Bounds::taken) sample.push_back(place);
    }
    catch_up_all(sample, Priority::none);
    double best = Priority::none;
    for (const auto place : sample) best = std::max(best, priority_(place, bounds_.squared[place]));
    return best;
}

/// The candidates to bring up to date. Raises the threshold where many candidates are equal.
std::vector<Place> Greedy::activate(double& threshold, double highest) const {
    if (threshold < highest) {
        auto active = at_least(bounds_, priority_, threshold);
        if (active.size() <= 4 * active_wanted_) return active;
        const double above = std::nextafter(threshold, std::numeric_limits<double>::infinity());
        auto fewer = active;
        std::erase_if(
            fewer, [&](Place place) { return priority_(place, bounds_.squared[place]) < above; });
        if (fewer.empty()) return active;
        threshold = above;
        return fewer;
    }
    // All that reach it are equal, and the first of them goes first.
    return first_at_least(bounds_, priority_, threshold, tuning_.pool);
}

void Greedy::catch_up_all(std::span<const Place> places, double threshold) {
    const std::size_t threads = concurrency();
    const std::size_t size =
        std::clamp(places.size() / (8 * threads) + 1, std::size_t{32}, chunk_size);
    const std::size_t chunks = (places.size() + size - 1) / size;
    const Standing at = standing();
    std::mutex mutex;
    Work done;
    in_parallel(chunks, 1, [&](std::size_t begin, std::size_t end) {
        Work mine;
        for (std::size_t chunk = begin; chunk < end; ++chunk) {
            poll();
            const std::size_t first = chunk * size;
            mine += catch_up(at,
                             places.subspan(first, std::min(size, places.size() - first)),
                             threshold,
                             probes_);
        }
        const std::lock_guard lock(mutex);
        done += mine;
    });
    work_ += done;
}

/// Those of `places` that reach the threshold, and how many do; it is raised where they are many.
std::vector<Place> Greedy::survivors(std::span<const Place> places,
                                     double& threshold,
                                     std::size_t& reaching) const {
    std::vector<Place> fresh;
    const auto worth = [&](Place place) { return priority_(place, bounds_.squared[place]); };
    for (const auto place : places) {
        if (worth(place) >= threshold) fresh.push_back(place);
    }
    reaching = fresh.size();
    if (reaching <= tuning_.pool + tuning_.pool / 2) return fresh;
    std::vector<double> worths(fresh.size());
    std::ranges::transform(fresh, worths.begin(), worth);
    const auto nth = worths.begin() + static_cast<std::ptrdiff_t>(tuning_.pool - 1);
    std::ranges::nth_element(worths, nth, std::greater{});
    threshold = *nth;
    std::erase_if(fresh, [&](Place place) { return worth(place) < threshold; });
    if (fresh.size() <= 2 * tuning_.pool) return fresh;

    // Many are equal to the threshold: only those above it, or of equals the first.
    const double above = std::nextafter(threshold, std::numeric_limits<double>::infinity());
    const bool any_above =
        std::ranges::any_of(fresh, [&](Place place) { return worth(place) >= above; });
    if (any_above) {
        threshold = above;
        std::erase_if(fresh, [&](Place place) { return worth(place) < above; });
    } else {
        fresh.resize(tuning_.pool);
    }
    return fresh;
}

std::optional<Stopped> Greedy::pick_among(std::span<const Place> fresh, Round& round) {
    const auto before = centers_.count();
    FreshPool pool(standing(), fresh);
    std::optional<Stopped> stopped;
    while (round.picked < round.wanted) {
        const auto best = pool.best();
        if (!best || best->priority < round.threshold) break;
        poll();
        if (!round.take({best->place, best->priority, best->squared, best->nearest})) {
            stopped = Stopped::refused;
            break;
        }
        centers_.add(candidates_.samples[best->place], pool.row(*best));
        pool.take(*best);
        ++round.picked;
        if (round.picked < round.wanted) pool.approach(round.threshold);
    }
    pool.write_back();
    picked_in_all_ += centers_.count() - before;
    work_.distances += pool.distances();
    work_.rows += fresh.size();
    return stopped;
}

void Greedy::adapt(std::size_t active, std::size_t fresh, std::size_t left) {
    const auto most = static_cast<double>(tuning_.pool);
    const double target = std::clamp(2.0 * static_cast<double>(left), 64.0, std::max(most, 64.0));
    const double factor =
        fresh == 0 ? 4 : std::clamp(target / static_cast<double>(fresh), 0.25, 4.0);
    const std::size_t base = std::max(std::min(active, 2 * active_wanted_), active_wanted_ / 4);
    active_wanted_ =
        std::clamp<std::size_t>(static_cast<std::size_t>(static_cast<double>(base) * factor),
                                256,
                                std::max<std::size_t>(candidates_.count(), 256));
}

}  // namespace trommel::selection
