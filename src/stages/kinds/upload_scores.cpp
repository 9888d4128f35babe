#include "stages/join/name_join.hpp"
#include "stages/join/round_tag.hpp"
#include "stages/stages.hpp"
#include "trommel/core/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace trommel::stages {
namespace {

/// Gathers the scores of a query set from batches in any order, by sample.
class ScoreColumns {
public:
    explicit ScoreColumns(TagSetPtr of) : of_(std::move(of)), ranks_(of_->names->size()) {
        for (const SampleIndex sample : of_->query.mask.indices()) ranks_[sample] = size_++;
    }

    void add(const ScoreBatch& batch) {
        for (const auto& [type, values] : batch.columns) {
            auto& column = column_of(type);
            for (std::size_t i = 0; i < values.size(); ++i) {
                column.coverage.add(batch.samples[i]);
                column.values[ranks_[batch.samples[i]]] = values[i];
            }
        }
    }

    /// The samples of the query set that have a score of each type. Throws DataError if one has
    /// two, or none and is not among the `excused`.
    BitMask complete(const BitMask& excused) const {
        BitMask scored = of_->query.mask;
        for (const auto& [type, column] : columns_) {
            column.coverage.check(excused);
            scored -= column.coverage.missing();
        }
        return scored;
    }

    std::vector<std::string> types() const {
        std::vector<std::string> types;
        for (const auto& [type, column] : columns_) types.push_back(type);
        return types;
    }

    /// The scores of these samples of the query set, ascending by sample.
    std::vector<double> values(const std::string& type, const BitMask& samples) const {
        const auto& column = columns_.at(type).values;
        std::vector<double> values;
        values.reserve(size_);
        for (const SampleIndex sample : samples.indices()) values.push_back(column[ranks_[sample]]);
        return values;
    }

private:
    struct Column {
        std::vector<double> values;  ///< by rank of the sample in the query set
        Coverage coverage;
    };

    Column& column_of(const std::string& type) {
        const auto found = columns_.find(type);
        if (found != columns_.end()) return found->second;
        Column empty{std::vector<double>(size_), Coverage(*of_, fmt::format("a score '{}'", type))};
        return columns_.emplace(type, std::move(empty)).first->second;
    }

    TagSetPtr of_;
    std::uint32_t size_ = 0;
    std::vector<std::uint32_t> ranks_;  ///< by sample index: how many query samples come before it
    std::map<std::string, Column> columns_;
};

class UploadScores final : public Stage {
public:
    struct Options {};

    explicit UploadScores(const Options&) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        TagSetPtr of;
        std::optional<ScoreColumns> columns;
        while (auto batch = co_await in.receive<ScoreBatch>()) {
            if (!columns) columns.emplace(of = batch->of);
            columns->add(*batch);
        }
        if (!columns) throw DataError("no scores arrived; there is nothing to upload");

        const BitMask scored = columns->complete(context.records.left_out());
        if (scored != of->query.mask) of = co_await narrowed(context, of, scored);
        for (const auto& type : columns->types()) {
            const auto values = columns->values(type, scored);
            const Effects::Act upload = [&](std::string key) -> asio::awaitable<std::string> {
                co_await context.platform.upload_scores(of->query.id, type, values, std::move(key));
                co_return digest_of(values);
            };
            const Effects::IsThere is_stored = [&](std::string digest) {
                return has_scores(context, of->query, type, std::move(digest));
            };
            co_await context.effects.once(type, upload, is_stored);
        }
        co_await out.send(of);
    }

private:
    static std::string digest_of(const std::vector<double>& values) {
        const auto* bytes = reinterpret_cast<const char*>(values.data());
        return sha256(std::string_view(bytes, values.size() * sizeof(double)));
    }

    /// A database of this run that has other scores than the round stored there is damaged.
    static asio::awaitable<bool> has_scores(StageContext& context,
                                            Tag tag,
                                            std::string type,
                                            std::string digest) {
        const std::vector<Score> scores = co_await context.platform.scores(tag.id);
        if (std::ranges::count(scores, type, &Score::type) == 0) co_return false;
        if (context.database.empty() || digest.empty()) co_return true;
        const auto stored = co_await context.platform.score_values(tag.id, type);
        if (digest_of(stored) != digest)
            throw DataError(
                fmt::format("{}: the scores '{}' of the tag '{}' are not those that this round "
                            "stored there; put it back from a backup, or begin a new run",
                            context.database.string(),
                            type,
                            tag.name));
        co_return true;
    }

    /// Where to choose from in this round: the query set without the samples that stages have left
    /// out, as a tag of its own.
    static asio::awaitable<TagSetPtr> narrowed(StageContext& context,
                                               TagSetPtr of,
                                               BitMask scored) {
        auto rest = std::make_shared<TagSet>(*of);
        rest->query = co_await make_round_tag(context, std::move(of), std::move(scored));
        co_return rest;
    }
};

}  // namespace

StageType upload_scores() {
    return StageType::of<UploadScores>("upload_scores",
                                       "Stores scores with the query tag; each sample needs a "
                                       "score, except those with failed records.")
        .reads<ScoreBatch>()
        .sends<TagSet>()
        .scores_flow(ScoreFlow::is_stored)
        .acts_outside();
}

}  // namespace trommel::stages
