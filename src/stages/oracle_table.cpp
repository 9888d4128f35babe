#include "stages/oracle_table.hpp"

#include "stages/listing.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace trommel::stages {

OracleTable::OracleTable(std::filesystem::path file, dataset::LabelTable table, TagSetPtr of)
    : file_(std::move(file)), table_(std::move(table)), of_(std::move(of)) {
    refuse_strangers();
}

void OracleTable::refuse_strangers() const {
    const std::unordered_set<std::string_view> names(of_->names->begin(), of_->names->end());
    const std::string* stranger = nullptr;
    std::size_t line = SIZE_MAX;
    for (const auto& [name, label] : table_.labels) {
        if (label.line >= line || names.contains(name)) continue;
        line = label.line;
        stranger = &name;
    }
    if (stranger == nullptr) return;
    throw DataError(
        fmt::format("{}:{}: sample '{}' is not in dataset '{}'; remove the line or add the sample",
                    file_.string(),
                    line,
                    *stranger,
                    of_->dataset.name));
}

LabelBatch OracleTable::labels_of(const BitMask& samples) const {
    LabelBatch batch;
    batch.of = of_;
    std::vector<std::string> missing;
    for (const SampleIndex sample : samples.indices()) {
        const auto* label = table_.find(of_->name(sample));
        if (label == nullptr) {
            missing.push_back(of_->name(sample));
            continue;
        }
        batch.samples.push_back(sample);
        batch.labels.push_back(table_.class_names[label->class_index]);
    }
    if (!missing.empty())
        throw DataError(listing(missing, fmt::format("without a label in {}", file_.string())));
    return batch;
}

OracleTable read_oracle(const std::filesystem::path& file, const TagSetPtr& of) {
    return {file, dataset::read_labels(file), of};
}

}  // namespace trommel::stages
