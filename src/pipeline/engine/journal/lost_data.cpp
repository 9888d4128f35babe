#include "pipeline/engine/journal/lost_data.hpp"

#include "trommel/core/digest.hpp"
#include "trommel/store/integrity.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

namespace fs = std::filesystem;

constexpr auto way_out = "put it back from a backup, or begin a new run";

bool tells_of_loss(PlatformError::Reason reason) {
    return reason == PlatformError::Reason::not_found || reason == PlatformError::Reason::exists;
}

}  // namespace

OtherDataError::OtherDataError(const DatasetSpec& spec, std::string_view what)
    : DataError(fmt::format("the platform has a dataset '{}' with other {} than {}; give the "
                            "dataset another name, or the run another database",
                            spec.name,
                            what,
                            spec.file().string())),
      what_(what) {}

std::string digest_of(const BitMask& samples) { return sha256(samples.to_hex()); }

fs::path database_of(const PlatformSpec& spec, const fs::path& run) {
    return spec.database.value_or(run / "platform.db");
}

std::string name_of(const PlatformSpec& spec, const fs::path& run) {
    return spec.remote ? spec.remote->url : database_of(spec, run).string();
}

void refuse_lost_database(const RunHistory& past, const PlatformSpec& spec, const fs::path& run) {
    const bool has_rounds =
        std::ranges::any_of(past.parts, [](const auto& part) { return part.second.rounds > 0; });
    if (spec.remote) return;
    const auto file = database_of(spec, run);
    std::error_code ignored;
    const bool is_there = fs::exists(file, ignored) && !fs::is_empty(file, ignored);
    if (!is_there && has_rounds)
        throw DataError(
            fmt::format("{}: is missing or empty; it holds the tags and scores of the "
                        "run's rounds; {}",
                        file.string(),
                        way_out));
    if (!is_there || spec.database) return;
    const auto faults = store::integrity_faults(file);
    if (!faults.empty())
        throw DataError(
            fmt::format("{}: the database is damaged: {}; {}", file.string(), faults[0], way_out));
}

void refuse_lost_rounds(const PartHistory& past,
                        const std::vector<CommittedRound>& rounds,
                        const RoundFiles& files,
                        bool goes_on) {
    const bool is_closed = !rounds.empty() && rounds.back().round == 0;
    const std::size_t there = rounds.size() - (is_closed ? 1 : 0);
    const bool has_all = past.rounds <= there && (is_closed || !past.closed);
    if (has_all || (goes_on && past.rounds <= there + 1)) return;
    const auto missing = past.rounds > there ? static_cast<std::uint32_t>(there + 1) : 0;
    throw DataError(fmt::format("{}: is missing, and the journal has rounds up to {}; {}",
                                files.manifest_of(missing).string(),
                                past.rounds,
                                way_out));
}

std::vector<CommittedRound> read_rounds(const fs::path& run,
                                        const std::string& part,
                                        const RunHistory& past) {
    const RoundFiles files(run / "rounds" / part);
    auto rounds = files.read();
    if (const auto known = past.parts.find(part); known != past.parts.end())
        refuse_lost_rounds(known->second, rounds, files, !past.end);
    return rounds;
}

void refuse_other_samples(const std::string& platform,
                          const Tag& tag,
                          const std::string& name,
                          const CommittedRound& last) {
    const auto digest = last.digests.find(name);
    if (digest == last.digests.end() || digest->second == digest_of(tag.mask)) return;
    throw DataError(
        fmt::format("{}: the tag '{}' does not hold the samples that the last finished round left "
                    "in it; {}",
                    platform,
                    tag.name,
                    way_out));
}

void rethrow_as_loss(const std::exception_ptr& error, const std::string& platform) {
    try {
        std::rethrow_exception(error);
    } catch (const OtherDataError& other) {
        throw DataError(
            fmt::format("{}: the dataset no longer has the {} that the run began with, and the "
                        "pipeline's files are as they were; {}",
                        platform,
                        other.what_differs(),
                        way_out));
    } catch (const PlatformError& lacking) {
        if (!tells_of_loss(lacking.reason())) throw;
        throw DataError(fmt::format("{}: what the run has made there is lost or damaged: {}; {}",
                                    platform,
                                    lacking.what(),
                                    way_out));
    }
}

}  // namespace trommel
