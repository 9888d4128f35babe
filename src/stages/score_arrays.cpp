// Predictions from numpy's arrays, scored where they lie.

#include "stages/score_source.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

namespace trommel::stages {
namespace {

using dataset::NpyArray;
using scoring::Task;

/// What a job reads; more than that it takes only of one row.
constexpr std::size_t job_bytes = std::size_t{2} << 20;

NpyArray open(const std::filesystem::path& file, const ScoreRules& rules) {
    return file.extension() == ".npz" ? NpyArray::open_member(file, rules.member, rules.uint16)
                                      : NpyArray::open(file, rules.uint16);
}

/// How the numbers of a sample are meant.
struct Shape {
    std::size_t members = 1;  ///< predictions of a committee
    std::size_t pixels = 0;   ///< 0: no image
    std::size_t classes = 1;
};

[[noreturn]] void refuse(const NpyArray& array, std::string_view task, std::string_view shape) {
    throw DataError(fmt::format("{}: the array is ({}), and {} takes {}",
                                array.name(),
                                fmt::join(array.shape(), ", "),
                                task,
                                shape));
}

Shape shape_of_classes(const NpyArray& array) {
    const auto& shape = array.shape();
    if (shape.size() > 3)
        refuse(array, "classification", "(samples, classes) or (samples, models, classes)");
    return {.members = shape.size() == 3 ? shape[1] : 1,
            .classes = shape.size() == 1 ? 1 : shape.back()};
}

Shape shape_of(const NpyArray& array, Task task) {
    const auto& shape = array.shape();
    Shape result;
    if (task == Task::classification) {
        result = shape_of_classes(array);
    } else if (task == Task::semantic_segmentation) {
        if (shape.size() != 4) refuse(array, "segmentation", "(samples, width, height, classes)");
        result.pixels = shape[1] * shape[2];
        result.classes = shape[3];
    } else {
        refuse(array, scoring::to_string(task), "records: write JSON Lines");
    }
    if (array.rows() > 0 && array.cols() == 0)
        refuse(array, scoring::to_string(task), "one class or more");
    return result;
}

class ArraySource final : public ScoreSource {
public:
    ArraySource(const std::filesystem::path& file, const ScoreRules& rules, RowNames& names)
        : rules_(rules),
          names_(names),
          array_(open(file, rules)),
          shape_(shape_of(array_, rules.task)),
          job_rows_(std::max<std::size_t>(
              1,
              job_bytes /
                  std::max<std::size_t>(1, array_.cols() * dataset::bytes_of(array_.type())))) {}

    std::optional<ScoreJob> next() override {
        if (given_ == array_.rows()) return std::nullopt;
        const std::size_t first = given_;
        const std::size_t count = std::min(job_rows_, array_.rows() - first);
        given_ += count;
        return [this_array = array_,
                &rules = rules_,
                shape = shape_,
                part = Part{first, count},
                taken = names_.take(count)]() mutable {
            return score(rules, this_array, shape, part, std::move(taken));
        };
    }

    std::optional<double> fraction() const override {
        return array_.rows() == 0
                   ? 1
                   : static_cast<double>(given_) / static_cast<double>(array_.rows());
    }

private:
    struct Part {
        std::size_t first;
        std::size_t count;
    };

    static ScoredRows score(const ScoreRules& rules,
                            const NpyArray& array,
                            const Shape& shape,
                            Part part,
                            RowNames::Taken names) {
        const bool in_double = array.type() == dataset::NumberType::f64 || shape.members > 1;
        auto rows = in_double ? score_as<double>(rules, array, shape, part, std::move(names))
                              : score_as<float>(rules, array, shape, part, std::move(names));
        array.check();
        array.done_with(part.first, part.count);
        return rows;
    }

    template <typename T>
    static ScoredRows score_as(const ScoreRules& rules,
                               const NpyArray& array,
                               const Shape& shape,
                               Part part,
                               RowNames::Taken names) {
        std::vector<T> copy;
        std::span<const T> values;
        if (const auto view = array.template view<T>()) {
            values = view->all().subspan(part.first * array.cols(), part.count * array.cols());
        } else {
            copy.resize(part.count * array.cols());
            array.template read<T>(part.first, part.count, copy);
            values = copy;
        }
        RowLabels labels{
            .file = array.name(), .first = names.first_number, .names = std::move(names.names)};
        if (shape.pixels > 0)
            return score_image_rows<T>(
                rules, values, shape.pixels, shape.classes, std::move(labels));
        if constexpr (std::is_same_v<T, double>)
            if (shape.members > 1)
                return score_committee_rows(
                    rules, values, shape.members, shape.classes, std::move(labels));
        return score_rows<T>(rules, values, shape.classes, std::move(labels));
    }

    const ScoreRules& rules_;
    RowNames& names_;
    NpyArray array_;
    Shape shape_;
    std::size_t job_rows_;
    std::size_t given_ = 0;
};

}  // namespace

std::unique_ptr<ScoreSource> open_array(const std::filesystem::path& file,
                                        const ScoreRules& rules,
                                        RowNames& names) {
    return std::make_unique<ArraySource>(file, rules, names);
}

}  // namespace trommel::stages
