#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/interpolation.hpp"
#include "trommel/pipeline/stage/file_cache.hpp"
#include "trommel/pipeline/stage/stage.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// What a stage's output depends on, part by part: `kind`, `version`, `seed`, `dataset`, `round`,
/// `option.<name>`, `file.<path>`, `input.<port>`.
using KeyParts = std::map<std::string, std::string>;

/// The parts that are known without a round. Reads and digests the dataset's embeddings and the
/// files that options name, unless `files` knows their digests; blocks. With `cache: record` the
/// dataset is not part: a sample's embedding belongs to the question about it.
///
/// A secret means ***, whatever its value is.
KeyParts known_parts(const Pipeline& pipeline,
                     const StageSpec& stage,
                     const Scope& scope,
                     FileCache& files);

/// What has arrived, by port, all of it kept in the streams; blocks. With CacheMode::record only
/// the models count, without the samples that they were trained on.
KeyParts input_parts(const std::vector<Inputs::Stream>& streams, CacheMode mode);

/// Whether only a round knows the part.
bool is_of_round(std::string_view part);

/// The key of these parts, 64 hex digits.
std::string digest_of(const KeyParts& parts);

/// How `now` differs from `before`, a sentence for each part; empty: not at all.
std::vector<std::string> differences(const KeyParts& before, const KeyParts& now);

/// The parts as JSON, and back; nothing if the text is none.
std::string to_json_text(const KeyParts& parts);
std::optional<KeyParts> parse_parts(std::string_view text);

}  // namespace trommel
