// Quarantine: records that a stage could not use, kept beside the run so that people can use
// them.
//
// `<run>/quarantine/<stage>.jsonl` is a record log, one a line, that only grows. A record that a
// resumed round met again counts once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

struct QuarantinedRecord {
    std::string stage{};
    std::uint32_t round = 1;
    std::string sample{};  ///< its file name; empty: the record does not say
    std::string error{};
    std::string input_digest{};  ///< SHA-256 of the whole record, as it came
    std::string input{};         ///< the record, its beginning if it is long
};

/// Adds the records, all of one stage, to its file. Throws Error if that cannot be written.
void quarantine(const std::filesystem::path& run, const std::vector<QuarantinedRecord>& records);

/// What is in quarantine, by stage, then as it came. Throws DataError on a file that is damaged.
std::vector<QuarantinedRecord> read_quarantine(const std::filesystem::path& run);

/// Takes these records out of quarantine: their samples are tried again by the next round, or when
/// the run is resumed, as those of all failed records are, and are listed again only if they fail
/// again.
void replay_quarantine(const std::filesystem::path& run,
                       const std::vector<QuarantinedRecord>& records);

}  // namespace trommel
