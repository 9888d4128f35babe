// Unusable records of a stage: counted, set aside or skipped, and when they are too many.
#include "pipeline/engine/round/record_tally.hpp"

#include "pipeline/definition/write/policy_yaml.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

/// Of a record that goes to quarantine; the digest is that of all of it.
constexpr std::size_t longest_input = std::size_t{64} << 10;

/// `max_errors`, as a number of `all`.
double most(const MaxErrors& allowed, std::size_t all) {
    if (const auto* share = std::get_if<double>(&allowed)) return *share * static_cast<double>(all);
    return static_cast<double>(std::get<std::int64_t>(allowed));
}

}  // namespace

void RecordTally::add(const RecordErrors& errors) {
    failures_.insert(failures_.end(), errors.failures().begin(), errors.failures().end());
    missing_ |= errors.missing();
    if (!errors.missing_what().empty()) missing_what_ = errors.missing_what();
}

std::size_t RecordTally::failed() const {
    const auto nameless = static_cast<std::size_t>(
        std::ranges::count(failures_, std::string(), &RecordFailure::name));
    return failures_.size() - nameless + std::max(nameless, missing_.count());
}

std::optional<std::string> RecordTally::excess(const Policies& policies) const {
    if (static_cast<double>(failed()) <= most(policies.max_errors, all())) return std::nullopt;
    const std::string first = failures_.empty()
                                  ? fmt::format("samples came without {}", missing_what_)
                                  : failures_.front().error;
    return fmt::format("{} of {} records failed, more than 'max_errors: {}' allows; the first: {}",
                       with_commas(failed()),
                       with_commas(all()),
                       to_text(policies.max_errors),
                       first);
}

BitMask RecordTally::left_out() const {
    BitMask samples = missing_;
    for (const auto& failure : failures_)
        if (failure.sample) samples.insert(*failure.sample);
    return samples;
}

std::vector<QuarantinedRecord> RecordTally::quarantined(
    const std::string& stage, std::uint32_t round, const std::vector<std::string>& names) const {
    std::vector<QuarantinedRecord> records;
    for (const auto& failure : failures_)
        records.push_back({.stage = stage,
                           .round = round,
                           .sample = failure.name,
                           .error = failure.error,
                           .input_digest = sha256(failure.input),
                           .input = failure.input.substr(0, longest_input)});
    for (const SampleIndex sample : missing_.indices())
        records.push_back({.stage = stage,
                           .round = round,
                           .sample = names[sample],
                           .error = fmt::format("came without {}", missing_what_),
                           .input_digest = sha256(""),
                           .input = {}});
    return records;
}

}  // namespace trommel
