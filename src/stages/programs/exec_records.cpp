#include "stages/programs/exec_records.hpp"

#include "stages/join/name_join.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/files/record_fault.hpp"
#include "trommel/dataset/json_lines.hpp"
#include "trommel/dataset/record.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cmath>

namespace trommel::stages {
namespace {

namespace json = boost::json;
using dataset::JsonLines;
using dataset::Record;

JsonLines open_records(const std::filesystem::path& file) {
    return JsonLines(dataset::LineReader::open(file));
}

/// Calls `read(record)` for each record of the file; those that cannot be used are told to `names`.
template <typename Read>
void for_each_record(const std::filesystem::path& file, NameJoin& names, Read read) {
    JsonLines records = open_records(file);
    for (bool more = true; more;) {
        try {
            const auto* object = records.next();
            more = object != nullptr;
            if (more) read(Record(records, *object));
        } catch (const dataset::RecordError& error) {
            names.fail({records.line(), error.sample(), error.what(), std::string(records.text())});
        }
    }
}

/// One record's scores in the order of the columns; the first record says which there are.
std::vector<double> scores_of(const Record& record, ScoreBatch& batch) {
    const auto& scores =
        record.object(record.member(record.object(), "scores", "the record"), "scores");
    if (batch.samples.empty()) {
        batch.columns.clear();
        for (const auto& [column, value] : scores)
            batch.columns.push_back({.name = std::string(column), .values = {}});
    }
    if (scores.size() != batch.columns.size() || scores.empty())
        record.fail(fmt::format(
            "has {} scores, not {} as the first record", scores.size(), batch.columns.size()));
    std::vector<double> row;
    for (const auto& column : batch.columns)
        row.push_back(record.number(record.member(scores, column.name, "'scores'"), column.name));
    return row;
}

double metric(const json::object& metrics, const std::string& name, const JsonLines& records) {
    const auto* value = metrics.if_contains(name);
    if (value == nullptr) records.fail(fmt::format("has no metric '{}'", name));
    json::error_code error;
    const auto number = value->to_number<double>(error);
    if (error || !std::isfinite(number))
        records.fail(fmt::format("metric '{}' must be a finite number", name));
    return number;
}

}  // namespace

ScoreBatch read_scores(const std::filesystem::path& file,
                       const TagSetPtr& of,
                       RecordErrors& errors) {
    NameJoin names(*of, file, &errors);
    Coverage coverage(*of, "a score");
    ScoreBatch batch;
    batch.of = of;
    for_each_record(file, names, [&](const Record& record) {
        const auto row = scores_of(record, batch);
        const auto sample = names.find(record.name(), record.line());
        if (!sample) return;
        coverage.add(*sample);
        batch.samples.push_back(*sample);
        for (std::size_t i = 0; i < row.size(); ++i) batch.columns[i].values.push_back(row[i]);
    });
    names.check();
    if (errors.tolerated()) coverage.check(errors);  // else it is for the stage that needs them all
    return batch;
}

Metrics read_metrics(const std::filesystem::path& file, const std::vector<std::string>& metrics) {
    JsonLines records = open_records(file);
    const auto* object = records.next();
    if (object == nullptr)
        records.fail("the program wrote nothing; it must write one JSON object with its metrics");
    Metrics measured;
    for (const auto& name : metrics)
        measured.values.emplace_back(name, metric(*object, name, records));
    return measured;
}

void write_labels(const std::filesystem::path& file, const LabelBatch& labels) {
    std::string csv = "file_name,label\n";
    for (std::size_t i = 0; i < labels.samples.size(); ++i)
        csv += csv_field(labels.of->name(labels.samples[i])) + ',' + csv_field(labels.labels[i]) +
               '\n';
    replace_derived_file(file, csv);
}

}  // namespace trommel::stages
