#include "trommel/scoring/combination.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel::scoring {
namespace {

Combination::WeightedScore parse_part(std::string_view text) {
    const auto colon = text.find(':');
    Combination::WeightedScore part{.score = std::string(trim(text.substr(0, colon))), .weight = 1};
    if (part.score.empty()) throw ConfigError("weights: a score has no name; write name:weight");
    if (colon == std::string_view::npos) return part;
    const auto weight = parse_number(trim(text.substr(colon + 1)));
    if (!weight || !std::isfinite(*weight))
        throw ConfigError(fmt::format(
            "weights: '{}' of '{}' is not a finite number", text.substr(colon + 1), part.score));
    part.weight = *weight;
    return part;
}

const ScoreColumn& column_of(const Scores& scores, const std::string& name) {
    const auto found = std::ranges::find(scores, name, &ScoreColumn::name);
    if (found != scores.end()) return *found;
    throw ConfigError(
        fmt::format("'{}' is combined and not computed; name it among the scores", name));
}

}  // namespace

std::vector<Combination::WeightedScore> parse_parts(std::string_view text) {
    std::vector<Combination::WeightedScore> parts;
    for (;;) {
        const auto comma = text.find(',');
        auto part = parse_part(text.substr(0, comma));
        if (std::ranges::find(parts, part.score, &Combination::WeightedScore::score) != parts.end())
            throw ConfigError(fmt::format("weights: '{}' is there twice", part.score));
        parts.push_back(std::move(part));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

ScoreColumn combine(const Scores& scores, const Combination& combination, std::string name) {
    const bool is_product = combination.how == Combination::How::product;
    ScoreColumn result{std::move(name), {}};
    if (!scores.empty()) result.values.assign(scores.front().values.size(), is_product ? 1.0 : 0.0);
    for (const auto& part : combination.parts) {
        const auto& values = column_of(scores, part.score).values;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (is_product)
                result.values[i] *= std::pow(values[i], part.weight);
            else
                result.values[i] += part.weight * values[i];
    }
    return result;
}

}  // namespace trommel::scoring
