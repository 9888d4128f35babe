#include "stages/join/name_join.hpp"

#include "stages/join/listing.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel::stages {
namespace {

std::vector<bool> membership(const BitMask& mask, std::size_t samples) {
    std::vector<bool> members(samples);
    for (const SampleIndex sample : mask.indices()) members[sample] = true;
    return members;
}

std::string listing_of(const TagSet& of,
                       std::string_view claim,
                       const std::vector<SampleIndex>& samples) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(samples.size(), listed_names); ++i)
        names.push_back(of.name(samples[i]));
    return listing(names, claim, samples.size());
}

}  // namespace

Coverage::Coverage(const TagSet& of, std::string what)
    : of_(of), what_(std::move(what)), expected_(of.query.mask.count()), seen_(of.names->size()) {}

void Coverage::add(SampleIndex sample) {
    if (seen_[sample]) twice_.push_back(sample);
    seen_[sample] = true;
}

void Coverage::check_twice() const {
    if (!twice_.empty())
        throw DataError(listing_of(of_, fmt::format("came twice with {}", what_), twice_));
}

BitMask Coverage::missing() const {
    BitMask missing;
    for (const SampleIndex sample : of_.query.mask.indices())
        if (!seen_[sample]) missing.insert(sample);
    return missing;
}

void Coverage::check(const BitMask& excused) const {
    check_twice();
    const BitMask rest = missing() - excused;
    if (rest.empty()) return;
    throw DataError(listing_of(
        of_, fmt::format("of tag '{}' came without {}", of_.query.name, what_), rest.indices()));
}

BitMask Coverage::missing(const RecordErrors& errors) const {
    BitMask told;
    for (const auto& failure : errors.failures())
        if (failure.sample) told.insert(*failure.sample);
    return missing() - told;
}

void Coverage::check(RecordErrors& errors) const {
    if (!errors.tolerated()) return check();
    check_twice();
    errors.missing(missing(errors), what_);
}

NameJoin::NameJoin(const TagSet& of,
                   std::filesystem::path file,
                   RecordErrors* errors,
                   std::filesystem::path list)
    : of_(of),
      file_(std::move(file)),
      errors_(errors),
      wanted_(membership(of.query.mask, of.names->size())),
      lines_(of.names->size()),
      names_(std::move(list)) {}

/// Of a dataset's sample.
std::optional<SampleIndex> NameJoin::index_of(std::string_view name) {
    const auto& names = *of_.names;
    if (next_ >= names.size() || names[next_] != name) {
        if (indices_.empty()) {
            indices_.reserve(names.size());
            for (std::size_t i = 0; i < names.size(); ++i)
                indices_.emplace(names[i], static_cast<SampleIndex>(i));
        }
        const auto found = indices_.find(name);
        if (found == indices_.end()) return std::nullopt;
        next_ = found->second;
    }
    return static_cast<SampleIndex>(next_++);
}

std::optional<SampleIndex> NameJoin::find(std::string_view name, std::size_t line) {
    const auto found = index_of(name);
    if (!found) {
        remember_unknown(name, line);
        return std::nullopt;
    }
    const SampleIndex sample = *found;
    if (!wanted_[sample]) return std::nullopt;
    if (lines_[sample] != 0) {
        remember_twice(name, line, lines_[sample]);
        return std::nullopt;
    }
    lines_[sample] = static_cast<std::uint32_t>(line);
    return sample;
}

void NameJoin::fail(const dataset::RecordFault& fault) {
    if (errors_ == nullptr) throw DataError(fault.what);
    RecordFailure failure{
        .sample = {}, .name = fault.sample, .error = fault.what, .input = fault.text};
    failure.sample = index_of(fault.sample);
    if (failure.sample && !wanted_[*failure.sample] && errors_->tolerated()) return;
    errors_->failed(std::move(failure));
}

void NameJoin::remember_unknown(std::string_view name, std::size_t line) {
    if (errors_ != nullptr && errors_->tolerated())
        return errors_->failed({.sample = {},
                                .name = std::string(name),
                                .error = fmt::format("{}:{}: sample '{}' is not in dataset '{}'",
                                                     file_.string(),
                                                     line,
                                                     name,
                                                     of_.dataset.name),
                                .input = {}});
    names_.add(NameFault::unknown, name, line);
}

void NameJoin::remember_twice(std::string_view name, std::size_t line, std::size_t first) {
    if (!names_.is_listing()) throw DataError(twice_text(name, line, first));
    if (names_.count(NameFault::twice) == 0) first_of_twice_ = first;
    names_.add(NameFault::twice, name, line);
}

std::string NameJoin::twice_text(std::string_view name, std::size_t line, std::size_t first) const {
    return fmt::format(
        "{}:{}: sample '{}' is there twice, first in line {}", file_.string(), line, name, first);
}

std::vector<std::string> NameJoin::faults(bool unknown_may_be) const {
    std::vector<std::string> faults;
    if (const auto unknown = names_.count(NameFault::unknown); unknown > 0 && !unknown_may_be)
        faults.push_back(fmt::format("{}:{}: {}",
                                     file_.string(),
                                     names_.line(NameFault::unknown),
                                     listing(names_.first(NameFault::unknown),
                                             fmt::format("not in dataset '{}'", of_.dataset.name),
                                             unknown)));
    const auto twice = names_.count(NameFault::twice);
    const auto line = names_.line(NameFault::twice);
    if (twice == 1)
        faults.push_back(twice_text(names_.first(NameFault::twice).front(), line, first_of_twice_));
    else if (twice > 1)
        faults.push_back(fmt::format("{}:{}: {}",
                                     file_.string(),
                                     line,
                                     listing(names_.first(NameFault::twice), "came again", twice)));
    return faults;
}

void NameJoin::check() {
    const auto all = faults();
    if (!all.empty()) throw DataError(fmt::format("{}{}", fmt::join(all, "; "), names_.finish()));
}

}  // namespace trommel::stages
