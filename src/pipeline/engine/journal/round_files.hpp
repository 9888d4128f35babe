// RoundFiles: what each round of a loop has left, committed by the rename of its manifest.
#pragma once

#include "trommel/pipeline/engine/history/history.hpp"
#include "trommel/platform/platform.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trommel {

/// A round that counts.
struct CommittedRound {
    std::uint32_t round = 0;                ///< 0: the closing pass
    std::map<std::string, TagId> states{};  ///< all states as they are after it
    /// By state: SHA-256 of its samples, so that a platform that lost or changed some is noticed.
    std::map<std::string, std::string> digests{};
    bool grew = false;  ///< it changed one of them
    std::optional<Measurement> measurement{};
    std::optional<RoundPicks> picks{};
    std::vector<FailedRecords> failed{};
    std::vector<Warning> warnings{};  ///< that it was the first to give
    StopFacts facts{};                ///< as of its end
};

struct SetAside {
    std::uint32_t rounds_left = 0;               ///< that count, without the closing pass
    std::vector<std::filesystem::path> files{};  ///< as they were called
};

/// `<run>/rounds/<part>/`: for each round a manifest, `3.json`, one line with its checksum. A round
/// counts once its manifest is there: it is renamed into its place when all of it is on the disk.
///
/// A manifest is never touched again, so that a commit costs the same after ten rounds and after
/// ten thousand.
class RoundFiles {
public:
    explicit RoundFiles(std::filesystem::path folder);

    /// Writes all that the round is, which does not count before it is committed.
    void prepare(const CommittedRound& round) const;
    /// Makes the prepared round count.
    void commit(std::uint32_t round) const;
    /// Returns when the rounds that count survive a power failure. Without it one may be lost, and
    /// is then chosen once more, the same: preparing a round makes those before it safe.
    void sync() const;

    /// All rounds that count, in order, the closing pass last. Throws DataError if one is damaged,
    /// or missing where a later one is there.
    std::vector<CommittedRound> read() const;

    /// Renames the first manifest that is damaged, and all later ones, so that they do not count.
    SetAside set_damaged_aside() const;

    /// The file of one round.
    std::filesystem::path manifest_of(std::uint32_t round) const;

private:
    std::optional<CommittedRound> read(std::uint32_t round) const;
    bool is_whole(std::uint32_t round) const;
    std::vector<std::uint32_t> rounds_after(std::uint32_t round) const;
    void refuse_gap(std::size_t rounds) const;

    std::filesystem::path folder_;
};

}  // namespace trommel
