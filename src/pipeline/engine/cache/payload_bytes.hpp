// What stages send, as bytes: for keeping outputs.
#pragma once

#include "trommel/pipeline/stage/ports.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trommel {

/// Whether outputs of this port can be kept. Tags and jobs mean something only to their platform.
bool can_be_kept(std::string_view port);

/// The payload, of a port that can be kept, as bytes. Files that it names are not in them, but a
/// digest of those is.
std::string encode(std::string_view port, const Payload& payload);

/// The payload of these bytes, about the samples `of`. `folder` is where its files lie, if it names
/// some. Throws DataError if the bytes are none, or the files not those of then.
PayloadPtr decode(std::string_view port,
                  std::string_view bytes,
                  TagSetPtr of,
                  const std::filesystem::path& folder);

/// Digest of the names and contents of all files in the folder.
std::string folder_digest(const std::filesystem::path& folder);

}  // namespace trommel
