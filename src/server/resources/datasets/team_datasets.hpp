// Datasets of teams: made so that a crash leaves none that all see.
#pragma once

#include "server/routing/services.hpp"

#include <asio/awaitable.hpp>

#include <string>

namespace trommel::server {

/// Makes a dataset that belongs to the team. That it is being made is on the disk before.
asio::awaitable<DatasetId> create_for_team(Services& services, std::string name, std::string team);

/// Gives their teams to datasets in whose making the server before this one was cut off. Before the
/// first answer.
asio::awaitable<void> finish_begun(Services& services);

}  // namespace trommel::server
