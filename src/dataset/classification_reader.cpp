#include "json_reader.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/files/csv.hpp"
#include "trommel/dataset/name_map.hpp"
#include "trommel/dataset/predictions.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <utility>

namespace trommel::dataset {

namespace {

using Fields = std::span<const std::string_view>;

/// The probabilities of a JSON record, in either spelling.
class ProbabilitiesDecoder {
public:
    void operator()(const Record& record, ClassificationRecords& batch) {
        const auto probs = record.numbers(probabilities(record), "probabilities");
        if (probs.empty()) record.fail("'probabilities' is empty; give one for each class");
        if (classes_ == 0) classes_ = probs.size();
        if (probs.size() != classes_)
            record.fail(fmt::format(
                "{} probabilities, where the samples before have {}", probs.size(), classes_));
        batch.probs.append_row(probs);
    }

private:
    static const boost::json::value& probabilities(const Record& record) {
        if (const auto* probs = record.object().if_contains("probabilities")) return *probs;
        const auto* predictions = record.object().if_contains("predictions");
        if (predictions == nullptr)
            record.fail("the record has neither 'probabilities' nor 'predictions'");
        const auto& list = record.array(*predictions, "predictions");
        if (list.size() != 1)
            record.fail(
                fmt::format("'predictions' must hold one classification, not {}", list.size()));
        const auto& prediction = record.object(list.front(), "predictions[0]");
        return record.member(prediction, "probabilities", "predictions[0]");
    }

    std::size_t classes_ = 0;
};

class CsvClassificationReader final : public ClassificationReader {
public:
    CsvClassificationReader(LineReader lines, const ReadOptions& options)
        : csv_(std::move(lines)), options_(options) {
        const auto header = csv_.next();
        if (!header) csv_.fail("the file is empty; its first line must be file_name,<class>,…");
        if (header->front() != "file_name" && header->front() != "filenames")
            csv_.fail(
                fmt::format("the first column must be 'file_name', not '{}'", header->front()));
        for (const auto name : header->subspan(1)) add_class(name);
        if (class_names_.empty()) csv_.fail("the header names no class after 'file_name'");
        row_.resize(class_names_.size());
    }

    std::optional<ClassificationRecords> next() override {
        ClassificationRecords batch;
        const auto read = [&] {
            const auto record = csv_.next();
            if (record) add_row(*record, batch);
            return record.has_value();
        };
        while (batch.size() < options_.batch_size &&
               read_or_note(csv_, options_.on_fault, batch, read))
            continue;
        if (batch.size() == 0) return std::nullopt;
        return batch;
    }

    std::span<const std::string> class_names() const override { return class_names_; }

private:
    void add_class(std::string_view name) {
        if (name.empty())
            csv_.fail(fmt::format("column {} has no class name", class_names_.size() + 2));
        if (!known_.emplace(name, class_names_.size()).second)
            csv_.fail(fmt::format("the class '{}' has two columns", name));
        class_names_.emplace_back(name);
    }

    void add_row(Fields fields, ClassificationRecords& batch) {
        const auto name = fields.front();
        if (name.empty())
            csv_.fail(fields.size() == 1 ? "the line is empty" : "the file name is empty");
        if (fields.size() != row_.size() + 1)
            csv_.fail(fmt::format("sample '{}': {} probabilities for {} classes",
                                  name,
                                  fields.size() - 1,
                                  row_.size()),
                      name);
        for (std::size_t j = 0; j < row_.size(); ++j) row_[j] = probability(fields, j);
        batch.probs.append_row(row_);
        batch.names.emplace_back(name);
        batch.lines.push_back(csv_.line());
    }

    double probability(Fields fields, std::size_t class_index) const {
        const auto text = fields[class_index + 1];
        const auto value = parse_number(text);
        const bool is_good =
            value && (options_.non_finite == NonFinite::keep || std::isfinite(*value));
        if (!is_good)
            csv_.fail(fmt::format("sample '{}': '{}' in column '{}' is not a finite number",
                                  fields.front(),
                                  text,
                                  class_names_[class_index]),
                      fields.front());
        return *value;
    }

    CsvReader csv_;
    ReadOptions options_;
    std::vector<std::string> class_names_;
    NameMap<std::size_t> known_;  ///< column of each class
    std::vector<double> row_;
};

}  // namespace

std::unique_ptr<ClassificationReader> open_classification(LineReader lines,
                                                          PredictionFormat format,
                                                          const ReadOptions& options) {
    assert(options.batch_size > 0);
    if (format == PredictionFormat::csv)
        return std::make_unique<CsvClassificationReader>(std::move(lines), options);
    return std::make_unique<JsonReader<ClassificationRecords, ProbabilitiesDecoder>>(
        std::move(lines), options);
}

}  // namespace trommel::dataset
