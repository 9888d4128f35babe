// What the engine prepares for the picks to come: codes, lists of neighbours, blocks. Nothing here
// changes what is picked.
#include "selection/blocks.hpp"
#include "selection/greedy.hpp"

#include <utility>

namespace trommel::selection {
namespace {

// What follows was measured, on one machine; it decides about time only.

/// Codes of fewer dimensions are no cheaper to compare than floats, and those of little data not
/// worth a thought.
constexpr std::size_t least_coded_dimensions = 32;
constexpr std::size_t least_coded_values = std::size_t{1} << 20U;
/// To make a code costs what codes save in so many comparisons.
constexpr double distances_worth_a_code = 40;
constexpr std::size_t centers_worth_codes = 1000;
/// Fewer say nothing about whether probing pays.
constexpr double least_probes = 1000;
/// Comparing all centres with each other costs more than lists can save beyond.
constexpr std::size_t most_linked = 30'000;

/// To put candidates in blocks takes as long as so many picks save.
constexpr std::size_t picks_worth_blocks = 500;
/// More, in many dimensions, are left to all threads.
constexpr std::size_t most_values_in_blocks = std::size_t{1} << 20U;

}  // namespace

/// Boxes leave little to compare in few dimensions, and what is compared is in cache; but to make
/// blocks takes as long as some hundred picks.
bool Greedy::blocks_pay(std::size_t wanted) const {
    const std::size_t dimensions = candidates_.rows.dimensions;
    if (dimensions > Blocks::most_dimensions || tuning_.blocks == Tuning::Use::never) return false;
    if (tuning_.blocks == Tuning::Use::always) return true;
    return wanted >= picks_worth_blocks &&
           candidates_.count() * dimensions <= most_values_in_blocks;
}

/// Before each round: whether codes pay, and a use neighbours first.
void Greedy::plan(std::size_t left) {
    if (tuning_.codes == Tuning::Use::always || codes_pay(left)) take_codes();
    if (tuning_.neighbors == Tuning::Use::never) return;
    // Lists that nobody uses are kept up to date now and then, to see whether they would help.
    if (probes_ || work_.rounds % 4 == 0) link();
    if (tuning_.neighbors == Tuning::Use::automatic) probes_ = probing_pays();
}

/// Codes cost a pass over all embeddings and a quarter of their memory; what they save grows with
/// the distances still to come, about as many a pick as so far.
bool Greedy::codes_pay(std::size_t left) const {
    if (tuning_.codes != Tuning::Use::automatic || tried_codes_) return false;
    const std::size_t dimensions = candidates_.rows.dimensions;
    if (dimensions < least_coded_dimensions) return false;
    if (candidates_.count() * dimensions < least_coded_values) return false;
    // After many preselected samples the first round alone is worth them.
    if (picked_in_all_ == 0) return centers_.count() >= centers_worth_codes && !is_resumed_;
    const auto so_far = static_cast<double>(work_.sweep_distances + work_.probe_distances);
    const double expected =
        so_far / static_cast<double>(picked_in_all_) * static_cast<double>(left);
    return expected > distances_worth_a_code * static_cast<double>(candidates_.count());
}

/// By what the last rounds have seen, because lists and codes change what a probe is worth.
bool Greedy::probing_pays() {
    const Work before = std::exchange(planned_, work_);
    const auto add = [](double& recent, std::uint64_t now, std::uint64_t then) {
        recent = recent / 2 + static_cast<double>(now - then);
    };
    add(recent_.probes, work_.probes, before.probes);
    add(recent_.hits, work_.probe_hits, before.probe_hits);
    add(recent_.probe_distances, work_.probe_distances, before.probe_distances);
    add(recent_.swept, work_.swept, before.swept);
    add(recent_.sweep_distances, work_.sweep_distances, before.sweep_distances);
    if (recent_.probes < least_probes || recent_.swept < least_probes) return true;
    const double saved = recent_.sweep_distances / recent_.swept;
    const double cost = recent_.probe_distances / recent_.probes + 1;
    return recent_.hits / recent_.probes * saved > cost;
}

void Greedy::link() {
    if (centers_.count() > most_linked) return;
    neighbors_.link(centers_, codes_ ? &*codes_ : nullptr, *tuning_.kernels);
}

void Greedy::take_codes() {
    if (tried_codes_) return;
    tried_codes_ = true;
    codes_ = Codes::of(candidates_, *tuning_.kernels, poll_);
    if (codes_) centers_.use(*codes_);
    work_.rows += candidates_.count();
}

}  // namespace trommel::selection
