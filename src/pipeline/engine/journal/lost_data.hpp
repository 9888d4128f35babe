// What a run that goes on leans on, and what it says where that is lost or damaged.
#pragma once

#include "pipeline/engine/journal/round_files.hpp"
#include "pipeline/engine/journal/run_history.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/bit_mask.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/platform/platform.hpp"

#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace trommel {

/// The platform has a dataset of the pipeline's name with other data than the pipeline's files.
class OtherDataError : public DataError {
public:
    /// `what`: samples or embeddings.
    OtherDataError(const DatasetSpec& spec, std::string_view what);
    const std::string& what_differs() const { return what_; }

private:
    std::string what_;
};

/// SHA-256 of the samples.
std::string digest_of(const BitMask& samples);

/// The database of an embedded platform.
std::filesystem::path database_of(const PlatformSpec& spec, const std::filesystem::path& run);

/// What messages call the platform: its file or its URL.
std::string name_of(const PlatformSpec& spec, const std::filesystem::path& run);

/// Throws DataError where rounds count and the database that they lean on is gone or empty: it
/// would be made anew under a run that goes on. One that belongs to the run alone is checked whole.
void refuse_lost_database(const RunHistory& past,
                          const PlatformSpec& spec,
                          const std::filesystem::path& run);

/// Throws DataError where the journal has more rounds than there are files. Of a part that goes on
/// the last may be missing: a power failure may take it, and then it is chosen once more, the same.
void refuse_lost_rounds(const PartHistory& past,
                        const std::vector<CommittedRound>& rounds,
                        const RoundFiles& files,
                        bool goes_on);

/// The rounds of a part, `main` or `baseline`, of which a run that has ended lacks none.
std::vector<CommittedRound> read_rounds(const std::filesystem::path& run,
                                        const std::string& part,
                                        const RunHistory& past);

/// Under which the digest of the pool appears beside those of the states, whose names have no
/// blanks.
constexpr auto pool_digest = "the pool";

/// Throws DataError where a tag does not hold the samples that `last` has left in it, by the digest
/// of this name: a platform that was put back or damaged. Rounds of older versions have none.
void refuse_other_samples(const std::string& platform,
                          const Tag& tag,
                          const std::string& name,
                          const CommittedRound& last);

/// Throws `error`, which a run met that goes on with the data it began with. What says that the
/// platform lacks or has otherwise what the run made there becomes a DataError that names it.
[[noreturn]] void rethrow_as_loss(const std::exception_ptr& error, const std::string& platform);

}  // namespace trommel
