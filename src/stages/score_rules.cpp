#include "stages/score_rules.hpp"

#include "stages/prediction_faults.hpp"
#include "trommel/core/error.hpp"
#include "trommel/scoring/committee.hpp"
#include "trommel/scoring/keypoint_detection.hpp"
#include "trommel/scoring/probabilities.hpp"
#include "trommel/scoring/semantic_segmentation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel::stages {
namespace {

constexpr std::string_view frequency_name = "object_frequency";
constexpr std::string_view combined = "combined";

/// The scores of some samples while they are found, and which of them cannot be scored.
class Rows {
public:
    Rows(const ScoreRules& rules, std::size_t rows) : rules_(rules), is_invalid_(rows) {
        result_.rows = rows;
        for (const auto& name : rules.names)
            result_.columns.push_back({name, std::vector<double>(rows)});
    }

    std::vector<double*> pointers() {
        std::vector<double*> pointers;
        for (auto& column : result_.columns) pointers.push_back(column.values.data());
        return pointers;
    }

    double& value(std::size_t column, std::size_t row) {
        return result_.columns[column].values[row];
    }
    void replace(scoring::Scores columns) { result_.columns = std::move(columns); }

    /// The row cannot be scored. Throws DataError with `reason` if that is not to be.
    void refuse(std::size_t row, const std::string& reason) {
        if (rules_.on_invalid == OnInvalid::fail) throw DataError(reason);
        if (result_.reasons.size() < most_reasons) result_.reasons.push_back(reason);
        is_invalid_[row] = true;
        ++result_.invalid;
    }

    /// A record that could not even be read.
    void refuse_record(const std::string& reason) {
        if (result_.reasons.size() < most_reasons) result_.reasons.push_back(reason);
        ++result_.invalid;
    }

    ScoredRows finish(std::vector<std::string> names, std::uint64_t first_number = 0) {
        result_.names = std::move(names);
        result_.first_number = first_number;
        if (!rules_.is_counting && rules_.combination)
            result_.columns.push_back(
                scoring::combine(result_.columns, *rules_.combination, std::string(combined)));
        if (std::ranges::find(is_invalid_, true) != is_invalid_.end()) drop_invalid();
        return std::move(result_);
    }

private:
    void drop_invalid() {
        const bool is_zero = rules_.on_invalid == OnInvalid::zero;
        for (auto& column : result_.columns) {
            if (is_zero)
                for (std::size_t row = 0; row < column.values.size(); ++row)
                    if (is_invalid_[row]) column.values[row] = 0;
            if (!is_zero) drop(column.values);
        }
        if (is_zero) return;
        if (result_.names.empty())  // the rows' numbers are no longer one after another
            for (std::size_t row = 0; row < result_.rows; ++row)
                result_.names.push_back(std::to_string(result_.first_number + row));
        drop(result_.names);
        result_.rows = result_.names.size();
    }

    template <typename Value>
    void drop(std::vector<Value>& values) const {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < values.size(); ++row) {
            if (is_invalid_[row]) continue;
            if (kept != row) values[kept] = std::move(values[row]);
            ++kept;
        }
        values.resize(kept);
    }

    const ScoreRules& rules_;
    ScoredRows result_;
    std::vector<bool> is_invalid_;
};

std::vector<scoring::Uncertainty> measures_of(const ScoreRules& rules, const std::string& file) {
    std::vector<scoring::Uncertainty> measures;
    for (const auto& name : rules.names) {
        const auto measure = scoring::find_uncertainty(name);
        if (!measure)
            throw ConfigError(fmt::format(
                "{}: '{}' needs the predictions of several models for each sample; give an array "
                "(samples, models, classes), or a list for each model in 'probabilities'",
                file,
                name));
        measures.push_back(*measure);
    }
    return measures;
}

std::string place(const std::string& file, std::size_t line, const std::string& name) {
    return fmt::format("{}:{}: sample '{}'", file, line, name);
}

template <typename T>
std::string fault_of(std::span<const T> row) {
    const std::vector<double> probs(row.begin(), row.end());
    return scoring::probability_fault(probs).value_or("it is no distribution");
}

/// Faults of records that readers passed over.
template <typename Batch>
void note_faults(Rows& rows, const Batch& batch) {
    for (const auto& fault : batch.faults) rows.refuse_record(fault.what);
}

/// Why a member's row is no distribution, or nothing; (members, classes).
}  // namespace

bool ScoreRules::needs_counting() const {
    return std::ranges::find(names, frequency_name) != names.end();
}

std::vector<std::string> ScoreRules::columns() const {
    auto all = names;
    if (combination) all.emplace_back(combined);
    return all;
}

dataset::ReadOptions ScoreRules::read_options() const {
    using dataset::OnFault;
    return {.batch_size = std::size_t{1} << 30,
            .on_fault = on_invalid == OnInvalid::skip ? OnFault::go_on : OnFault::stop,
            .non_finite = dataset::NonFinite::keep};
}

ScoredRows score_batch(const ScoreRules& rules,
                       dataset::ClassificationBatch batch,
                       const std::string& file) {
    Rows rows(rules, batch.names.size());
    note_faults(rows, batch);
    if (batch.names.empty()) return rows.finish({});
    const scoring::RowScorer scorer(measures_of(rules, file), batch.probs.cols());
    std::vector<std::size_t> faulty;
    const auto& probs = batch.probs;
    scorer(probs.values(), rows.pointers(), &faulty);
    for (const auto row : faulty)
        rows.refuse(row,
                    fmt::format("{}: {}",
                                place(file, batch.lines[row], batch.names[row]),
                                fault_of(probs.row(row))));
    return rows.finish(std::move(batch.names));
}

ScoredRows score_batch(const ScoreRules& rules,
                       dataset::DetectionBatch batch,
                       const std::string& file) {
    Rows rows(rules, batch.names.size());
    note_faults(rows, batch);
    for (std::size_t i = 0; i < batch.names.size(); ++i)
        if (const auto fault = prediction_fault(batch.outputs[i]))
            rows.refuse(i,
                        fmt::format("{}: {}", place(file, batch.lines[i], batch.names[i]), *fault));
    std::vector<double> counts;
    if (rules.needs_counting())
        for (const auto& image : batch.outputs)
            counts.push_back(scoring::object_frequency(image, rules.detection.frequency_penalty));
    if (rules.is_counting) {
        rows.replace({{std::string(frequency_name), std::move(counts)}});
        return rows.finish(std::move(batch.names));
    }
    scoring::Scores columns;
    for (const auto& name : rules.names) {
        if (name != frequency_name) {
            columns.push_back(scoring::score_detections(
                batch.outputs, std::span<const std::string>(&name, 1), rules.detection)[0]);
            continue;
        }
        for (double& count : counts)
            count = scoring::scale_object_frequency(
                count, rules.frequencies, rules.detection.min_score);
        columns.push_back({name, counts});
    }
    rows.replace(std::move(columns));
    return rows.finish(std::move(batch.names));
}

ScoredRows score_batch(const ScoreRules& rules,
                       dataset::SegmentationBatch batch,
                       const std::string& file) {
    Rows rows(rules, batch.names.size());
    note_faults(rows, batch);
    for (std::size_t i = 0; i < batch.names.size(); ++i) try {
            const auto scores = scoring::score_segmented(
                rules.names, batch.images[i].probs, batch.images[i].weights);
            for (std::size_t m = 0; m < scores.size(); ++m) rows.value(m, i) = scores[m];
        } catch (const DataError& error) {
            rows.refuse(
                i,
                fmt::format("{}: {}", place(file, batch.lines[i], batch.names[i]), error.what()));
        }
    return rows.finish(std::move(batch.names));
}

ScoredRows score_batch(const ScoreRules& rules,
                       dataset::KeypointBatch batch,
                       const std::string& file) {
    Rows rows(rules, batch.names.size());
    note_faults(rows, batch);
    for (std::size_t i = 0; i < batch.names.size(); ++i) {
        const double score = scoring::mean_uncertainty(batch.outputs[i]);
        for (std::size_t m = 0; m < rules.names.size(); ++m) rows.value(m, i) = score;
        if (std::isnan(score))
            rows.refuse(i,
                        fmt::format("{}: the confidence of a keypoint is not a number",
                                    place(file, batch.lines[i], batch.names[i])));
    }
    return rows.finish(std::move(batch.names));
}

ScoredRows score_batch(const ScoreRules& rules,
                       dataset::CommitteeBatch batch,
                       const std::string& file) {
    Rows rows(rules, batch.names.size());
    note_faults(rows, batch);
    if (batch.names.empty()) return rows.finish({});
    rows.replace(scoring::score_committees(batch.probs, batch.members, batch.classes, rules.names));
    for (std::size_t i = 0; i < batch.names.size(); ++i)
        if (const auto fault = committee_fault(batch.row(i), batch.classes))
            rows.refuse(i,
                        fmt::format("{}: {}", place(file, batch.lines[i], batch.names[i]), *fault));
    return rows.finish(std::move(batch.names));
}

std::string RowLabels::place(std::size_t row) const {
    if (names.empty()) return fmt::format("{}: row {}", file, first + row);
    return fmt::format("{}: row {}: sample '{}'", file, first + row, names[row]);
}

template <typename T>
ScoredRows score_rows(const ScoreRules& rules,
                      std::span<const T> probs,
                      std::size_t classes,
                      RowLabels labels) {
    Rows rows(rules, probs.size() / classes);
    const scoring::RowScorer scorer(measures_of(rules, labels.file), classes);
    std::vector<std::size_t> faulty;
    scorer(probs, rows.pointers(), &faulty);
    for (const auto row : faulty)
        rows.refuse(
            row,
            fmt::format(
                "{}: {}", labels.place(row), fault_of(probs.subspan(row * classes, classes))));
    return rows.finish(std::move(labels.names), labels.first);
}

template ScoredRows score_rows(const ScoreRules&, std::span<const float>, std::size_t, RowLabels);
template ScoredRows score_rows(const ScoreRules&, std::span<const double>, std::size_t, RowLabels);

ScoredRows score_committee_rows(const ScoreRules& rules,
                                std::span<const double> probs,
                                std::size_t members,
                                std::size_t classes,
                                RowLabels labels) {
    const std::size_t width = members * classes;
    Rows rows(rules, probs.size() / width);
    rows.replace(scoring::score_committees(probs, members, classes, rules.names));
    for (std::size_t row = 0; row < probs.size() / width; ++row)
        if (const auto fault = committee_fault(probs.subspan(row * width, width), classes))
            rows.refuse(row, fmt::format("{}: {}", labels.place(row), *fault));
    return rows.finish(std::move(labels.names), labels.first);
}

template <typename T>
ScoredRows score_image_rows(const ScoreRules& rules,
                            std::span<const T> probs,
                            std::size_t pixels,
                            std::size_t classes,
                            RowLabels labels) {
    const std::size_t width = pixels * classes;
    Rows rows(rules, probs.size() / width);
    scoring::SegmentationScorer scorer(rules.names);
    for (std::size_t row = 0; row < probs.size() / width; ++row) try {
            const auto scores = scorer(probs.subspan(row * width, width), classes, true);
            for (std::size_t m = 0; m < scores.size(); ++m) rows.value(m, row) = scores[m];
        } catch (const DataError& error) {
            rows.refuse(row, fmt::format("{}: {}", labels.place(row), error.what()));
        }
    return rows.finish(std::move(labels.names), labels.first);
}

template ScoredRows score_image_rows(
    const ScoreRules&, std::span<const float>, std::size_t, std::size_t, RowLabels);
template ScoredRows score_image_rows(
    const ScoreRules&, std::span<const double>, std::size_t, std::size_t, RowLabels);

}  // namespace trommel::stages
