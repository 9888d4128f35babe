#include "server/access/teams.hpp"

#include "trommel/platform/naming.hpp"

#include <utility>

namespace trommel::server {

namespace {

constexpr const char* team_kind = "team";

}  // namespace

Teams::Teams(store::ServedStore& store)
    : begun_(store.documents({.kind = begun_kind, .dataset = {}, .owner = {}})) {
    for (auto& each : store.documents({.kind = team_kind, .dataset = {}, .owner = {}}))
        if (each.dataset) note(*each.dataset, std::move(each.body));
}

bool Teams::may_see(const Caller& caller, const DatasetId& dataset) const {
    const auto team = teams_.find(dataset.text());
    return team == teams_.end() || may_see(caller, team->second);
}

bool Teams::may_see(const Caller& caller, std::string_view team) {
    return team.empty() || caller.role == Role::admin || caller.team == team;
}

void Teams::note(const DatasetId& dataset, std::string team) {
    teams_.insert_or_assign(dataset.text(), std::move(team));
}

void keep_team(store::ServedStore& store,
               const DatasetId& dataset,
               const std::string& team,
               Timestamp now) {
    store.put_document({.id = new_id(),
                        .kind = team_kind,
                        .dataset = dataset,
                        .owner = {},
                        .key = {},
                        .body = team,
                        .created_at = now,
                        .changed_at = now});
}

}  // namespace trommel::server
