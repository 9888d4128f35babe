// Teams: who sees which datasets.
#pragma once

#include "server/access/caller.hpp"
#include "trommel/store/served_store.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::server {

/// Of documents that say which dataset is being made for a team.
inline constexpr const char* begun_kind = "team-begun";

/// A dataset belongs to the team of the token that made it, and is seen by this team and by admins
/// alone. One of no team, as all of before there were teams, is seen by all.
class Teams {
public:
    /// Reads what is kept.
    explicit Teams(store::ServedStore& store);

    bool may_see(const Caller& caller, const DatasetId& dataset) const;
    /// The same for what belongs to no dataset but to a team itself, or to none.
    static bool may_see(const Caller& caller, std::string_view team);

    /// Whether no dataset has a team.
    bool empty() const { return teams_.empty(); }
    bool has_team(const DatasetId& dataset) const { return teams_.contains(dataset.text()); }
    void note(const DatasetId& dataset, std::string team);
    void forget(const DatasetId& dataset) { teams_.erase(dataset.text()); }

    /// Datasets that the server before this one was making: their names as keys, their teams.
    std::vector<store::Document>& begun() { return begun_; }

private:
    std::vector<store::Document> begun_;
    std::map<std::string, std::string, std::less<>> teams_;  ///< by dataset
};

/// Keeps the team of a dataset; it goes with the dataset.
void keep_team(store::ServedStore& store,
               const DatasetId& dataset,
               const std::string& team,
               Timestamp now);

}  // namespace trommel::server
