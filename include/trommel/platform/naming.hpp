// Naming: which names the platform takes, and how it makes ids.
#pragma once

#include <string>
#include <string_view>

namespace trommel {

// The rules are those of Lightly's API, whose clients refuse other names even in answers. Each
// throws PlatformError with the rule in words.

/// 3 to 1,024 characters: letters, digits, blank, _ and -, a letter or digit first.
void check_dataset_name(std::string_view name);
/// As a dataset's, also . : ; = @
void check_tag_name(std::string_view name);
/// 1 to 1,024 characters: letters, digits and _ + = , . @ : / -
void check_score_type(std::string_view type);
/// As core's fault_of_name has it.
void check_sample_name(std::string_view name);
void check_embedding_name(std::string_view name);

/// 24 hex digits: the time in seconds, this process, a count; as MongoDB's ObjectId. Never twice,
/// not even in two processes on one store. Any thread may call it.
std::string new_id();

}  // namespace trommel
