// Scores as a part of a port's type: who names one that nobody computes is told before anything
// runs.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trommel {

/// Which scores a port carries, as far as that is known before a run.
struct ScoreColumns {
    std::set<std::string> names{};
    bool any = false;  ///< others too, which only the run shows

    ScoreColumns() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): stages give their names as a list
    ScoreColumns(const std::vector<std::string>& known) : names(known.begin(), known.end()) {}

    /// Of what only the run shows.
    static ScoreColumns unknown() {
        ScoreColumns columns;
        columns.any = true;
        return columns;
    }

    bool has(const std::string& name) const { return any || names.contains(name); }
    bool is_empty() const { return !any && names.empty(); }

    void add(const ScoreColumns& others) {
        names.insert(others.names.begin(), others.names.end());
        any |= others.any;
    }
};

/// A score that an option names or needs.
struct ScoreUse {
    std::string option{};
    std::string score{};  ///< empty: any score will do
};

/// The scores that one option names.
inline std::vector<ScoreUse> uses_of(const std::string& option,
                                     const std::vector<std::string>& scores) {
    std::vector<ScoreUse> uses;
    for (const auto& score : scores) uses.push_back({option, score});
    return uses;
}

}  // namespace trommel
