// What has arrived at a stage, as a digest, by which a cache knows its inputs.
#pragma once

#include "trommel/pipeline/stage/ports.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// Whether what arrives on this port can be told apart by digest_of.
bool has_digest(std::string_view port);

/// What these payloads say, and about which samples. It depends neither on how labels are cut into
/// batches nor on their order, nor on names that differ from run to run, such as those of tags.
std::string digest_of(std::string_view port, const std::vector<PayloadPtr>& payloads);

/// The same without the samples that they are about; of models.
std::string digest_without_samples(std::string_view port, const std::vector<PayloadPtr>& payloads);

/// The samples that a payload speaks of, or null.
TagSetPtr samples_of(std::string_view port, const PayloadPtr& payload);

}  // namespace trommel
