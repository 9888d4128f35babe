#include "server/wire/sample_ids.hpp"

#include "trommel/core/digest.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace trommel::server {

namespace {

constexpr std::size_t prefix_length = 16;
constexpr std::size_t id_length = 24;

}  // namespace

SampleIds::SampleIds(const DatasetId& dataset)
    : prefix_(sha256("samples of " + dataset.text()).substr(0, prefix_length)) {}

void SampleIds::append_id(std::string& out, SampleIndex sample) const {
    constexpr std::string_view hex = "0123456789abcdef";
    std::array<char, id_length - prefix_length> digits{};
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, sample >>= 4)
        *digit = hex[sample & 0xf];
    out.append(prefix_).append(digits.data(), digits.size());
}

std::string SampleIds::id_of(SampleIndex sample) const {
    std::string id;
    append_id(id, sample);
    return id;
}

std::optional<SampleIndex> SampleIds::index_of(std::string_view id) const {
    if (id.size() != id_length || !id.starts_with(prefix_)) return std::nullopt;
    SampleIndex sample = 0;
    const auto* end = id.data() + id.size();
    const auto [stop, error] = std::from_chars(id.data() + prefix_length, end, sample, 16);
    if (error != std::errc{} || stop != end || id_of(sample) != id) return std::nullopt;
    return sample;
}

std::string score_id(const TagId& tag, std::string_view type) {
    return sha256(fmt::format("scores {} {}", tag.text(), type)).substr(0, id_length);
}

}  // namespace trommel::server
