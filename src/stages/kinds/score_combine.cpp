#include "stages/join/name_join.hpp"
#include "stages/stages.hpp"
#include "trommel/core/error.hpp"
#include "trommel/scoring/combination.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace trommel::stages {
namespace {

using scoring::Combination;

/// Scores that come in batches of their own, such as object_frequency, which is only known when the
/// last image has been counted: held back, by sample, until all have come.
class HeldScores {
public:
    void add(const ScoreBatch& batch, const Combination& combination) {
        for (const auto& part : combination.parts) {
            const auto column =
                std::ranges::find(batch.columns, part.score, &scoring::ScoreColumn::name);
            if (column == batch.columns.end()) continue;
            of_ = batch.of;
            auto& held = held_for(part.score);
            for (std::size_t i = 0; i < batch.samples.size(); ++i) {
                held.coverage.add(batch.samples[i]);
                held.values[batch.samples[i]] = column->values[i];
                is_held_[batch.samples[i]] = true;
            }
        }
    }

    bool empty() const { return !of_; }

    /// Throws DataError where a sample has one of the scores and not another.
    std::shared_ptr<ScoreBatch> combined(const Combination& combination, const std::string& name) {
        auto batch = std::make_shared<ScoreBatch>();
        batch->of = of_;
        for (SampleIndex sample = 0; sample < is_held_.size(); ++sample)
            if (is_held_[sample]) batch->samples.push_back(sample);
        scoring::Scores columns;
        for (const auto& part : combination.parts) columns.push_back(column_of(part.score, *batch));
        batch->columns.push_back(scoring::combine(columns, combination, name));
        return batch;
    }

private:
    struct Held {
        std::vector<double> values;  ///< by sample index
        Coverage coverage;
    };

    Held& held_for(const std::string& score) {
        is_held_.resize(of_->names->size());
        const auto found = held_.find(score);
        if (found != held_.end()) return found->second;
        Held none{std::vector<double>(of_->names->size()),
                  Coverage(*of_, fmt::format("a score '{}'", score))};
        return held_.emplace(score, std::move(none)).first->second;
    }

    scoring::ScoreColumn column_of(const std::string& score, const ScoreBatch& batch) {
        auto& held = held_for(score);
        held.coverage.check_twice();
        const BitMask missing = held.coverage.missing();
        scoring::ScoreColumn column{.name = score, .values = {}};
        for (const SampleIndex sample : batch.samples) {
            if (missing.contains(sample))
                throw DataError(fmt::format(
                    "sample '{}' has no score '{}', which is to be combined with its others; have "
                    "a stage before compute it",
                    of_->name(sample),
                    score));
            column.values.push_back(held.values[sample]);
        }
        return column;
    }

    TagSetPtr of_;
    std::map<std::string, Held> held_;
    std::vector<bool> is_held_;  ///< by sample index
};

class ScoreCombine final : public Stage {
public:
    struct Options {
        Combination::How how = Combination::How::product;
        std::string weights{};
        std::string name = "combined";
    };

    explicit ScoreCombine(const Options& options)
        : name_(options.name),
          combination_{.how = options.how, .parts = scoring::parse_parts(options.weights)} {}

    asio::awaitable<void> run(StageContext&, Inputs& in, Output& out) override {
        HeldScores held;
        while (auto batch = co_await in.receive<ScoreBatch>()) {
            co_await out.send(batch);
            for (const auto& column : batch->columns) known_.insert(column.name);
            if (!has_all(*batch)) {
                held.add(*batch, combination_);
                continue;
            }
            auto scores = std::make_shared<ScoreBatch>();
            scores->of = batch->of;
            scores->samples = batch->samples;
            scores->columns.push_back(scoring::combine(batch->columns, combination_, name_));
            co_await out.send(std::move(scores));
        }
        check_known();
        if (held.empty()) co_return;
        auto rest = held.combined(combination_, name_);
        co_await out.send(std::move(rest));
    }

private:
    bool has_all(const ScoreBatch& batch) const {
        return std::ranges::all_of(combination_.parts, [&](const auto& part) {
            return std::ranges::count(batch.columns, part.score, &scoring::ScoreColumn::name) > 0;
        });
    }

    void check_known() const {
        for (const auto& part : combination_.parts)
            if (!known_.contains(part.score))
                throw DataError(fmt::format(
                    "score '{}' is to be combined, and no stage before computes it; available: {}",
                    part.score,
                    fmt::join(known_, ", ")));
    }

    std::string name_;
    Combination combination_;
    std::set<std::string> known_{};  ///< what the scores that came are called
};

void check_combination(const ScoreCombine::Options& options, const StageType::Complain& complain) {
    if (options.name.empty()) complain("name", "the combined score needs a name");
    try {
        const auto parts = scoring::parse_parts(options.weights);
        if (std::ranges::count(parts, options.name, &Combination::WeightedScore::score) > 0)
            complain("name", fmt::format("'{}' is one of those that are combined", options.name));
    } catch (const ConfigError& error) {
        complain("weights", error.what());
    }
}

}  // namespace

StageType score_combine() {
    using Options = ScoreCombine::Options;
    using How = Combination::How;
    return StageType::of<ScoreCombine>("score.combine", "Adds a product or sum of scores.")
        .reads<ScoreBatch>()
        .sends<ScoreBatch>()
        .choice("how",
                &Options::how,
                "product: each score to the power of its weight; sum: each times its weight.",
                {{"product", How::product}, {"sum", How::sum}})
        .option("weights",
                &Options::weights,
                "Scores to combine: name:weight,name:weight…; default weight: 1.",
                {.required = true, .min = {}, .max = {}})
        .option("name", &Options::name, "Name of the combined score.")
        .computes([](const Options& options) { return std::vector<std::string>{options.name}; })
        .scores_flow(ScoreFlow::goes_on)
        .goes_by([](const Options& options) {
            std::vector<std::string> names;
            for (const auto& part : scoring::parse_parts(options.weights))
                names.push_back(part.score);
            return uses_of("weights", names);
        })
        .check(check_combination);
}

}  // namespace trommel::stages
