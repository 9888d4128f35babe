#include "stages/exec_records.hpp"

#include "stages/name_join.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/labels.hpp"
#include "trommel/dataset/line_reader.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <cmath>
#include <fstream>

namespace trommel::stages {
namespace {

namespace json = boost::json;

/// The JSON objects of a program's output, one after another.
class RecordReader {
public:
    explicit RecordReader(const std::filesystem::path& file)
        : lines_(dataset::LineReader::open(file)) {}

    /// The next object; nothing after the last. Empty lines are passed over.
    std::optional<json::object> next() {
        auto line = lines_.next();
        while (line && trim(*line).empty()) line = lines_.next();
        if (!line) return std::nullopt;
        boost::system::error_code error;
        auto value = json::parse(*line, error);
        if (error) lines_.fail(fmt::format("is no JSON: {}", error.message()));
        if (!value.is_object())
            lines_.fail("must be a JSON object, such as {\"file_name\": \"a.jpg\", …}");
        return std::move(value.as_object());
    }

    std::string text(const json::object& record, std::string_view key) const {
        const auto* value = record.if_contains(key);
        if (value == nullptr || !value->is_string())
            lines_.fail(fmt::format("needs a text '{}'", key));
        return std::string(value->as_string());
    }

    double number(const json::value& value, std::string_view what) const {
        boost::system::error_code error;
        const auto number = value.to_number<double>(error);
        if (error || !std::isfinite(number))
            lines_.fail(fmt::format("{} must be a finite number", what));
        return number;
    }

    [[noreturn]] void fail(const std::string& what) const { lines_.fail(what); }

private:
    dataset::LineReader lines_;
};

/// Puts one record's scores into the columns; the first record says which there are.
void add_scores(const json::object& scores,
                const std::string& name,
                const RecordReader& records,
                ScoreBatch& batch) {
    if (batch.columns.empty())
        for (const auto& [column, value] : scores)
            batch.columns.push_back({.name = std::string(column), .values = {}});
    if (scores.size() != batch.columns.size() || scores.empty())
        records.fail(fmt::format("sample '{}': has {} scores, not {} as the first record",
                                 name,
                                 scores.size(),
                                 batch.columns.size()));
    for (auto& column : batch.columns) {
        const auto* value = scores.if_contains(column.name);
        if (value == nullptr)
            records.fail(fmt::format("sample '{}': has no score '{}'", name, column.name));
        column.values.push_back(
            records.number(*value, fmt::format("sample '{}': score '{}'", name, column.name)));
    }
}

/// The query set of a join that looks for `samples` alone.
TagSet restricted_to(const TagSet& of, const BitMask& samples) {
    TagSet restricted = of;
    restricted.query.mask = samples;
    return restricted;
}

}  // namespace

ScoreBatch read_scores(const std::filesystem::path& file, const TagSetPtr& of) {
    RecordReader records(file);
    NameJoin names(*of);
    ScoreBatch batch;
    batch.of = of;
    while (const auto record = records.next()) {
        const auto name = records.text(*record, "file_name");
        const auto sample = names.find(name);
        const auto* scores = record->if_contains("scores");
        if (scores == nullptr || !scores->is_object())
            records.fail(
                fmt::format("sample '{}': needs 'scores', an object of numbers by name", name));
        if (!sample) continue;
        batch.samples.push_back(*sample);
        add_scores(scores->as_object(), name, records, batch);
    }
    names.check(file.string());
    return batch;
}

LabelBatch read_answers(const std::filesystem::path& file,
                        const TagSetPtr& of,
                        const BitMask& asked) {
    const TagSet restricted = restricted_to(*of, asked);
    RecordReader records(file);
    NameJoin names(restricted);
    Coverage coverage(restricted, "a label");
    LabelBatch batch;
    batch.of = of;
    while (const auto record = records.next()) {
        const auto name = records.text(*record, "file_name");
        const auto label = records.text(*record, "label");
        const auto sample = names.find(name);
        if (label.empty()) records.fail(fmt::format("sample '{}': has an empty label", name));
        if (!sample) continue;
        coverage.add(*sample);
        batch.samples.push_back(*sample);
        batch.labels.push_back(label);
    }
    names.check(file.string());
    coverage.check();
    return batch;
}

Metrics read_metrics(const std::filesystem::path& file, const std::vector<std::string>& metrics) {
    RecordReader records(file);
    const auto record = records.next();
    if (!record)
        records.fail("the program wrote nothing; it must write one JSON object with its metrics");
    Metrics measured;
    for (const auto& name : metrics) {
        const auto* value = record->if_contains(name);
        if (value == nullptr) records.fail(fmt::format("has no metric '{}'", name));
        measured.values.emplace_back(name,
                                     records.number(*value, fmt::format("metric '{}'", name)));
    }
    return measured;
}

LabelBatch read_known_labels(const std::filesystem::path& file, const TagSetPtr& of) {
    LabelBatch known;
    known.of = of;
    if (!std::filesystem::exists(file)) return known;
    const auto table = dataset::read_labels(file);
    for (std::size_t i = 0; i < of->names->size(); ++i) {
        const auto* label = table.find((*of->names)[i]);
        if (label == nullptr) continue;
        known.samples.push_back(static_cast<SampleIndex>(i));
        known.labels.push_back(table.class_names[label->class_index]);
    }
    return known;
}

void write_known_labels(const std::filesystem::path& file, const LabelBatch& labels) {
    std::filesystem::create_directories(file.parent_path());
    auto draft = file;
    draft += ".new";
    std::ofstream out(draft, std::ios::binary);
    out << "file_name,label\n";
    for (std::size_t i = 0; i < labels.samples.size(); ++i)
        out << csv_field(labels.of->name(labels.samples[i])) << ',' << csv_field(labels.labels[i])
            << '\n';
    out.close();
    if (!out) throw Error(fmt::format("{}: cannot write; is the disk full?", draft.string()));
    std::filesystem::rename(draft, file);
}

}  // namespace trommel::stages
