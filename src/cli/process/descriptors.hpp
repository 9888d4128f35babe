// Descriptors: how many files and sockets this process may have open.
#pragma once

namespace trommel::cli {

/// As many as the system lets it have. The usual 1024 is for programs that use select(), and a
/// server has a connection for each.
void raise_descriptor_limit();

}  // namespace trommel::cli
