// Embeddings that come as CSV, and go as CSV.
#pragma once

#include "server/routing/call.hpp"
#include "trommel/http/message.hpp"

#include <asio/awaitable.hpp>

namespace trommel::server {

inline constexpr const char* embedding_upload_kind = "embedding-upload";

/// Takes the file for the embeddings that were announced: its rows go into the store, in the order
/// of the dataset's samples, whatever the order in the file. Refuses a file that is not a such CSV
/// or that has not exactly one row for each sample (422), and other embeddings than came before
/// (409). Rows are counted while they come in: the first one too many ends the call.
asio::awaitable<void> take_embedding_file(Call& call);

/// The CSV as it was uploaded, or made from the rows if it never was a file.
asio::awaitable<http::Response> embedding_file(Call& call);

}  // namespace trommel::server
