// Visibility: what is not the caller's to see is not there, whichever call asks for it.
#pragma once

#include "server/routing/call.hpp"

#include <asio/awaitable.hpp>

namespace trommel::server {

/// Throws ApiError 404, as for what there is not, if the dataset, the tag or the job of the call's
/// path is of a team that the caller does not belong to.
asio::awaitable<void> check_visible(Call& call);

/// Whether a list of the caller's has what belongs to this dataset.
bool may_see(const Call& call, const DatasetId& dataset);

}  // namespace trommel::server
