#include "stages/name_join.hpp"
#include "stages/stages.hpp"

#include <fmt/format.h>

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

    struct Column {
        std::vector<double> values;  ///< by rank of the sample in the query set
        Coverage coverage;
    };

    /// By type. Throws DataError unless each has exactly one value for every sample of the query
    /// set.
    std::map<std::string, Column>& complete() {
        for (const auto& [type, column] : columns_) column.coverage.check();
        return columns_;
    }

private:
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

        for (auto& [type, column] : columns->complete())
            co_await context.platform.upload_scores(of->query.id, type, std::move(column.values));
        co_await out.send(of);
    }
};

}  // namespace

StageType upload_scores() {
    return StageType::of<UploadScores>(
               "upload_scores",
               "Stores scores with the query tag; every sample of it must have one.")
        .reads<ScoreBatch>()
        .sends<TagSet>();
}

}  // namespace trommel::stages
