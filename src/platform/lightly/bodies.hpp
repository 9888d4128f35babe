// Large bodies, made piece by piece as they are sent.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/http/message.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trommel::lightly {

using Names = std::shared_ptr<const std::vector<std::string>>;

/// `{"scoreType":…,"scores":[…]}`, each score as the shortest text that reads back the same.
http::Body scores_body(const std::string& type, std::shared_ptr<const std::vector<double>> scores);

/// Lightly's embeddings CSV, `filenames,embedding_0,…,labels`: `rows` (names, dimensions) by name.
http::Body embeddings_body(Names names, std::shared_ptr<const Matrix> rows);

}  // namespace trommel::lightly
