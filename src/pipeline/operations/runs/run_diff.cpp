#include "trommel/pipeline/operations/runs/run_diff.hpp"

#include "pipeline/definition/write/settings.hpp"
#include "pipeline/engine/journal/run_history.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace trommel {
namespace {

/// What a run was told, and what it read.
struct Configuration {
    Settings settings{};
    std::map<std::string, std::string> digests{};  ///< of its files, by path as the file names it
};

Configuration configuration_of(const RunFiles& run) {
    const RunHistory history = read_history(run.path());
    Configuration all{settings_of(parse_resolved(history.run->configuration)), {}};
    for (const auto& input : history.run->inputs) {
        const auto path = input.path.lexically_relative(history.run->folder);
        const bool is_outside = path.empty() || path.begin()->string() == "..";
        all.digests[is_outside ? input.path.string() : path.string()] = "SHA-256 " + input.sha256;
    }
    return all;
}

/// What the map has under the key, or nothing.
template <typename Map>
auto value_in(const Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

/// Without the files whose content the other run read too, under whatever name.
std::map<std::string, std::string> digests_not_in(const Configuration& other,
                                                  std::map<std::string, std::string> digests) {
    std::set<std::string> known;
    for (const auto& [path, digest] : other.digests) known.insert(digest);
    std::erase_if(digests, [&](const auto& file) { return known.contains(file.second); });
    return digests;
}

/// Whether two values name files of the same content.
bool name_same_content(const Configuration& first,
                       const Configuration& second,
                       const SettingDifference& setting) {
    if (!setting.first || !setting.second) return false;
    const auto one = value_in(first.digests, *setting.first);
    return one && one == value_in(second.digests, *setting.second);
}

std::vector<SettingDifference> differing(const Settings& first, const Settings& second) {
    std::set<std::string> paths;
    for (const auto& [path, value] : first) paths.insert(path);
    for (const auto& [path, value] : second) paths.insert(path);
    std::vector<SettingDifference> differences;
    for (const auto& path : paths) {
        SettingDifference one{path, value_in(first, path), value_in(second, path)};
        if (one.first != one.second) differences.push_back(std::move(one));
    }
    return differences;
}

std::vector<SettingDifference> differing_settings(const Configuration& first,
                                                  const Configuration& second) {
    auto differences = differing(first.settings, second.settings);
    std::erase_if(differences,
                  [&](const auto& one) { return name_same_content(first, second, one); });
    auto files =
        differing(digests_not_in(second, first.digests), digests_not_in(first, second.digests));
    differences.insert(differences.end(), files.begin(), files.end());
    return differences;
}

/// File names in the order of choosing, by round.
using Picks = std::map<std::uint32_t, std::vector<std::string>>;

Picks picks_of(const RunFiles& run) {
    Picks picks;
    for (const auto& round : run.picks())
        for (const auto& pick : round.picks) picks[round.round].push_back(pick.file_name);
    return picks;
}

std::optional<std::string> name_at(const std::vector<std::string>& names, std::size_t position) {
    return position < names.size() ? std::optional(names[position]) : std::nullopt;
}

std::optional<PickDifference> first_difference(std::uint32_t round,
                                               const std::vector<std::string>& first,
                                               const std::vector<std::string>& second) {
    const auto [a, b] = std::ranges::mismatch(first, second);
    if (a == first.end() && b == second.end()) return std::nullopt;
    const auto position = static_cast<std::size_t>(a - first.begin());
    return PickDifference{round, position + 1, name_at(first, position), name_at(second, position)};
}

RoundOverlap overlap(std::uint32_t round,
                     const std::vector<std::string>& first,
                     const std::vector<std::string>& second) {
    const std::set<std::string> chosen(first.begin(), first.end());
    const auto common =
        std::ranges::count_if(second, [&](const auto& name) { return chosen.contains(name); });
    return {round, static_cast<std::size_t>(common), first.size(), second.size()};
}

void compare_picks(const Picks& first, const Picks& second, RunDiff& diff) {
    std::set<std::uint32_t> rounds;
    for (const auto& [round, names] : first) rounds.insert(round);
    for (const auto& [round, names] : second) rounds.insert(round);
    for (const auto round : rounds) {
        const auto a = value_in(first, round).value_or(std::vector<std::string>{});
        const auto b = value_in(second, round).value_or(std::vector<std::string>{});
        if (!diff.picks) diff.picks = first_difference(round, a, b);
        diff.overlaps.push_back(overlap(round, a, b));
    }
}

using Values = std::map<std::pair<std::uint32_t, std::string>, double>;

Values values_of(const RunFiles& run) {
    Values values;
    for (const auto& measurement : run.measurements())
        for (const auto& [metric, value] : measurement.values)
            values[{measurement.round, metric}] = value;
    return values;
}

std::vector<MetricDifference> compare_metrics(const Values& first, const Values& second) {
    std::set<Values::key_type> keys;
    for (const auto& [key, value] : first) keys.insert(key);
    for (const auto& [key, value] : second) keys.insert(key);
    std::vector<MetricDifference> all;
    for (const auto& key : keys)
        all.push_back({key.first, key.second, value_in(first, key), value_in(second, key)});
    return all;
}

}  // namespace

bool RunDiff::none() const {
    return settings.empty() && !picks && std::ranges::all_of(metrics, [](const auto& metric) {
               return metric.first == metric.second;
           });
}

RunDiff compare_runs(const RunFiles& first, const RunFiles& second) {
    RunDiff diff;
    diff.settings = differing_settings(configuration_of(first), configuration_of(second));
    compare_picks(picks_of(first), picks_of(second), diff);
    diff.metrics = compare_metrics(values_of(first), values_of(second));
    return diff;
}

}  // namespace trommel
