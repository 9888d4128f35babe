#include "trommel/predictions/score.hpp"

#include "trommel/core/error.hpp"
#include "trommel/predictions/faults.hpp"
#include "trommel/scoring/committee.hpp"
#include "trommel/scoring/keypoint_detection.hpp"
#include "trommel/scoring/probabilities.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/scoring/score_type.hpp"
#include "trommel/scoring/semantic_segmentation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace trommel::predictions {
namespace {

using scoring::Task;

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

    std::size_t count() const { return result_.rows; }
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

template <typename T>
std::string fault_of(std::span<const T> row) {
    const std::vector<double> probs(row.begin(), row.end());
    return scoring::probability_fault(probs).value_or("it is not a distribution");
}

/// Scores one batch, whatever it holds.
class BatchScoring {
public:
    BatchScoring(const ScoreRules& rules, const Batch& batch, std::size_t samples)
        : rules_(rules), batch_(batch), rows_(rules, samples) {}

    Rows& rows() { return rows_; }

    void operator()(const dataset::ClassificationRecords& read) {
        note_faults(read);
        if (read.names.empty()) return;
        score_rows(read, read.probs.values(), read.probs.cols());
    }

    void operator()(const dataset::CommitteeRecords& read) {
        note_faults(read);
        if (!read.names.empty()) score_members(read, read.probs, read.members, read.classes);
    }

    void operator()(const dataset::DetectionRecords& read) {
        note_faults(read);
        for (std::size_t i = 0; i < read.names.size(); ++i)
            if (const auto fault = prediction_fault(read.outputs[i])) refuse(read, i, *fault);
        scoring::Scores columns;
        for (std::size_t m = 0; m < rules_.names.size(); ++m)
            if (rules_.needs_all_samples(m))
                columns.push_back(compared(read, m));
            else if (!rules_.is_counting)
                columns.push_back(scoring::score_detections(
                    read.outputs, std::span(&rules_.names[m], 1), rules_.detection)[0]);
        rows_.replace(std::move(columns));
    }

    void operator()(const dataset::SegmentationRecords& read) {
        note_faults(read);
        score_images(read, [&](std::size_t i) {
            const auto& image = read.images[i];
            return scoring::score_segmented(
                rules_.names, image.probs, image.weights, image.precision);
        });
    }

    void operator()(const dataset::KeypointRecords& read) {
        note_faults(read);
        for (std::size_t i = 0; i < read.names.size(); ++i)
            if (const auto fault = prediction_fault(read.outputs[i])) refuse(read, i, *fault);
        rows_.replace(scoring::score_keypoints(read.outputs, rules_.names));
    }

    void operator()(const ArrayRows& read) {
        const bool in_single =
            read.precision() == scoring::Precision::f32 && read.type != PredictionType::committee;
        in_single ? score_array<float>(read) : score_array<double>(read);
        read.array.check();
        read.array.done_with(read.first, read.count);
    }

private:
    /// Of records that readers passed over.
    template <typename Read>
    void note_faults(const Read& read) {
        for (const auto& fault : read.faults) rows_.refuse_record(fault.what);
    }

    template <typename Read>
    std::string place(const Read& read, std::size_t i) const {
        return fmt::format("{}:{}: sample '{}'", batch_.file_of(i), read.lines[i], read.names[i]);
    }
    std::string place(const ArrayRows& read, std::size_t i) const {
        const auto row = fmt::format("{}: row {}", batch_.file, read.first_name + i);
        return read.names.empty() ? row : fmt::format("{}: sample '{}'", row, read.names[i]);
    }

    template <typename Read>
    void refuse(const Read& read, std::size_t i, std::string_view why) {
        rows_.refuse(i, fmt::format("{}: {}", place(read, i), why));
    }

    std::vector<scoring::RowKernel> kernels() const {
        std::vector<scoring::RowKernel> kernels;
        for (const auto& name : rules_.names) {
            const auto& type = scoring::score_type(Task::classification, name);
            if (type.needs_committee())
                throw ConfigError(fmt::format(
                    "{}: '{}' needs the predictions of several models for each sample; give an "
                    "array (samples, models, classes), or a list for each model in "
                    "'probabilities'",
                    batch_.file,
                    name));
            kernels.push_back(std::get<scoring::OfClasses>(type.kernel).score);
        }
        return kernels;
    }

    /// `probs` (samples, classes)
    template <typename Read, typename T>
    void score_rows(const Read& read, std::span<const T> probs, std::size_t classes) {
        const scoring::RowScorer scorer(kernels(), classes);
        std::vector<std::size_t> faulty;
        scorer(probs, rows_.pointers(), &faulty);
        for (const auto row : faulty)
            refuse(read, row, fault_of(probs.subspan(row * classes, classes)));
    }

    /// `probs` (samples, members, classes)
    template <typename Read>
    void score_members(const Read& read,
                       std::span<const double> probs,
                       std::size_t members,
                       std::size_t classes) {
        const std::size_t width = members * classes;
        rows_.replace(scoring::score_committees(probs, members, classes, rules_.names));
        for (std::size_t i = 0; i < probs.size() / width; ++i)
            if (const auto fault = committee_fault(probs.subspan(i * width, width), classes))
                refuse(read, i, *fault);
    }

    /// `scores(i)` are those of image i.
    template <typename Read, typename Scores>
    void score_images(const Read& read, Scores scores) {
        for (std::size_t i = 0; i < rows_.count(); ++i) try {
                const auto values = scores(i);
                for (std::size_t m = 0; m < values.size(); ++m) rows_.value(m, i) = values[m];
            } catch (const DataError& error) {
                refuse(read, i, error.what());
            }
    }

    /// The images' values of score m; in the second pass their scores.
    scoring::ScoreColumn compared(const dataset::DetectionRecords& read, std::size_t m) const {
        const auto& name = rules_.names[m];
        const auto& type = scoring::score_type(Task::object_detection, name);
        const auto& [value, score] = std::get<scoring::OfAllDetections>(type.kernel);
        scoring::ScoreColumn column{name, {}};
        for (const auto& image : read.outputs) {
            const double of_image = value(image, rules_.detection);
            column.values.push_back(
                rules_.is_counting ? of_image
                                   : score(of_image, rules_.extents.at(name), rules_.detection));
        }
        return column;
    }

    /// Where the rows lie, or of other types than T in a copy.
    template <typename T>
    void score_array(const ArrayRows& read) {
        const auto& array = read.array;
        if (const auto view = array.template view<T>())
            return score_numbers(
                read, view->all().subspan(read.first * view->cols, read.count * view->cols));
        std::vector<T> copy(read.count * array.cols());
        array.template read<T>(read.first, read.count, copy);
        score_numbers(read, std::span<const T>(copy));
    }

    template <typename T>
    void score_numbers(const ArrayRows& read, std::span<const T> values) {
        const auto& shape = read.array.shape();
        const std::size_t classes = shape.size() == 1 ? 1 : shape.back();
        if (read.type == PredictionType::classification) return score_rows(read, values, classes);
        if constexpr (std::is_same_v<T, double>)
            if (read.type == PredictionType::committee)
                return score_members(read, values, shape[1], classes);
        const std::size_t width = read.array.cols();
        scoring::SegmentationScorer scorer(rules_.names);
        score_images(read, [&](std::size_t i) {
            return scorer(values.subspan(i * width, width), classes, true);
        });
    }

    const ScoreRules& rules_;
    const Batch& batch_;
    Rows rows_;
};

std::size_t samples_of(const ArrayRows& read) { return read.count; }
template <typename Read>
std::size_t samples_of(const Read& read) {
    return read.names.size();
}

}  // namespace

bool ScoreRules::needs_all_samples(std::size_t score) const {
    return scoring::score_type(task, names[score]).needs_all_samples();
}

bool ScoreRules::needs_counting() const {
    return std::ranges::any_of(names, [&](const auto& name) {
        return scoring::score_type(task, name).needs_all_samples();
    });
}

std::vector<std::string> ScoreRules::columns() const {
    auto all = names;
    if (combination) all.emplace_back(combined);
    return all;
}

ReadRequest ScoreRules::read_request(std::vector<std::filesystem::path> inputs) const {
    using dataset::OnFault;
    ReadRequest request;
    request.inputs = std::move(inputs);
    request.type = type_of(task);
    request.committees_too = true;
    request.member = member;
    request.prediction_task = prediction_task;
    request.uint16 = uint16;
    request.on_fault = on_invalid == OnInvalid::skip ? OnFault::go_on : OnFault::stop;
    request.non_finite = dataset::NonFinite::keep;
    return request;
}

ScoredRows score(const ScoreRules& rules, Batch batch) {
    return std::visit(
        [&](auto& read) {
            BatchScoring scoring(rules, batch, samples_of(read));
            scoring(read);
            std::uint64_t first = 0;
            if constexpr (requires { read.first_name; }) first = read.first_name;
            return scoring.rows().finish(std::move(read.names), first);
        },
        batch.predictions);
}

}  // namespace trommel::predictions
