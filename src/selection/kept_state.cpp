#include "selection/kept_state.hpp"

#include "selection/parallel.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

namespace trommel::selection {
namespace {

constexpr std::size_t prints_at_once = 1024;
constexpr std::array<char, 16> name{"trommel greedy1"};

/// 64 bits that bytes of other values hardly ever have: four chains of xor, multiply and rotate,
/// so that they keep up with memory.
std::uint64_t print_of(const void* bytes, std::size_t count) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
    std::array<std::uint64_t, 4> chains{1, 2, 3, 4};
    const auto* at = static_cast<const std::byte*>(bytes);
    const auto mix = [](std::uint64_t mixed, std::uint64_t word) {
        return std::rotl((mixed ^ word) * odd, 29);
    };
    for (; count >= sizeof(chains); count -= sizeof(chains), at += sizeof(chains)) {
        std::array<std::uint64_t, 4> words;
        std::memcpy(words.data(), at, sizeof(words));
        for (std::size_t k = 0; k < 4; ++k) chains[k] = mix(chains[k], words[k]);
    }
    std::array<std::uint64_t, 4> rest{};
    std::memcpy(rest.data(), at, count);
    for (std::size_t k = 0; k < 4; ++k) chains[k] = mix(chains[k], rest[k]);
    std::uint64_t result = count;
    for (const auto chain : chains) result = mix(result, chain);
    return result ^ (result >> 32U);
}

template <typename T>
void append(std::string& content, std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    content.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

}  // namespace

struct KeptState::Head {
    std::array<char, 16> name{};
    std::uint64_t candidates = 0;
    std::uint64_t centers = 0;
    std::uint64_t print = 0;  ///< of all that follows
};

KeptState::KeptState(std::filesystem::path file, const Candidates& candidates, Poll poll)
    : file_(std::move(file)), candidates_(candidates), poll_(std::move(poll)) {}

void KeptState::restore(Greedy& greedy) {
    if (!std::filesystem::exists(file_)) return;
    read(read_file(file_));
    take_prints();
    check_centers();
    std::vector<SampleIndex> samples;
    for (const auto& center : centers_) samples.push_back(center.sample);
    if (!samples.empty()) greedy.resume(samples, bounds_of_file());
}

void KeptState::read(const std::string& content) {
    Head head;
    const auto whole = [&] {
        if (content.size() < sizeof(Head)) return false;
        std::memcpy(&head, content.data(), sizeof(Head));
        constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
        return head.name == name && head.candidates <= most && head.centers <= most &&
               content.size() ==
                   sizeof(Head) + head.candidates * sizeof(Known) + head.centers * sizeof(Center) &&
               head.print == print_of(content.data() + sizeof(Head), content.size() - sizeof(Head));
    };
    if (!whole()) {
        throw DataError(fmt::format(
            "{} is not the whole state of a selection; remove it, and the next round restarts",
            file_.string()));
    }
    known_.resize(head.candidates);
    centers_.resize(head.centers);
    const char* at = content.data() + sizeof(Head);
    if (!known_.empty()) std::memcpy(known_.data(), at, head.candidates * sizeof(Known));
    at += head.candidates * sizeof(Known);
    if (!centers_.empty()) std::memcpy(centers_.data(), at, head.centers * sizeof(Center));
}

void KeptState::check_centers() const {
    for (const auto& center : centers_) {
        if (center.sample >= candidates_.rows.count || print(center.sample) != center.print)
            fail_other(center.sample);
    }
}

Bounds KeptState::bounds_of_file() {
    Bounds bounds(candidates_.count());
    Known unknown{};
    unknown.squared = std::numeric_limits<float>::infinity();
    auto known = known_.begin();
    for (std::size_t i = 0; i < candidates_.count(); ++i) {
        if (i % 65536 == 0 && poll_) poll_();
        const auto sample = candidates_.samples[i];
        known = std::find_if(
            known, known_.end(), [sample](const Known& other) { return other.sample >= sample; });
        const bool is_known = known != known_.end() && known->sample == sample;
        if (is_known && known->print != prints_[i]) fail_other(sample);
        // What was chosen there and is to choose from again has lost its distance.
        const bool has_distance = is_known && known->squared != Bounds::taken;
        const Known& of_sample = has_distance ? *known : unknown;
        bounds.squared[i] = of_sample.squared;
        bounds.seen[i] = of_sample.seen;
        bounds.nearest[i] = of_sample.nearest;
    }
    return bounds;
}

void KeptState::save(const Greedy& greedy) {
    if (prints_.empty()) take_prints();
    std::vector<Known> known;
    known.reserve(candidates_.count());
    const auto& bounds = greedy.bounds();
    for (std::size_t i = 0; i < candidates_.count(); ++i)
        known.push_back({candidates_.samples[i],
                         bounds.squared[i],
                         bounds.seen[i],
                         bounds.nearest[i],
                         prints_[i]});
    std::vector<Center> centers;
    for (std::size_t c = 0; c < greedy.centers().count(); ++c) {
        const auto sample = greedy.centers().sample(c);
        centers.push_back({.sample = sample, .print = print(sample)});
    }
    std::string content(sizeof(Head), '\0');
    append<Known>(content, known);
    append<Center>(content, centers);
    const Head head{
        .name = name,
        .candidates = known.size(),
        .centers = centers.size(),
        .print = print_of(content.data() + sizeof(Head), content.size() - sizeof(Head))};
    std::memcpy(content.data(), &head, sizeof(Head));
    replace_derived_file(file_, content);
}

void KeptState::take_prints() {
    prints_.resize(candidates_.count());
    in_parallel(prints_.size(), prints_at_once, [this](std::size_t begin, std::size_t end) {
        if (poll_) poll_();
        for (std::size_t i = begin; i < end; ++i) prints_[i] = print(candidates_.samples[i]);
    });
}

/// The digest is of the stored bytes: the same values in another precision differ.
std::uint64_t KeptState::print(SampleIndex sample) const {
    const auto& rows = candidates_.rows;
    return print_of(rows.at(sample), rows.dimensions * bytes_of(rows.precision));
}

void KeptState::fail_other(SampleIndex sample) const {
    throw DataError(fmt::format(
        "{} is the state of a selection from other embeddings: that of sample {} was another; go "
        "on with the embeddings it is of, or remove it, and the next round restarts",
        file_.string(),
        sample));
}

}  // namespace trommel::selection
