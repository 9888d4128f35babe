#include "stages/join/oracle_table.hpp"

#include "stages/join/listing.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <limits>
#include <string_view>
#include <unordered_set>

namespace trommel::stages {
namespace {

constexpr auto unlabelled = std::numeric_limits<std::uint32_t>::max();

/// Names the first line that labels a sample which the dataset does not have. There is one.
[[noreturn]] void refuse_stranger(const std::filesystem::path& file,
                                  const dataset::LabelTable& table,
                                  const TagSet& of) {
    const std::unordered_set<std::string_view> names(of.names->begin(), of.names->end());
    std::string_view stranger;
    std::size_t line = std::numeric_limits<std::size_t>::max();
    for (const auto& [name, label] : table.labels) {
        if (label.line >= line || names.contains(name)) continue;
        line = label.line;
        stranger = name;
    }
    throw DataError(
        fmt::format("{}:{}: sample '{}' is not in dataset '{}'; remove the line or add the sample",
                    file.string(),
                    line,
                    stranger,
                    of.dataset.name));
}

}  // namespace

OracleTable::OracleTable(std::filesystem::path file, dataset::LabelTable table, const TagSet& of)
    : file_(std::move(file)), classes_(of.names->size(), unlabelled) {
    std::size_t joined = 0;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const auto* label = table.find((*of.names)[i]);
        if (label == nullptr) continue;
        classes_[i] = static_cast<std::uint32_t>(label->class_index);
        ++joined;
    }
    if (joined < table.labels.size()) refuse_stranger(file_, table, of);
    class_names_ = std::move(table.class_names);
}

LabelBatch OracleTable::labels_of(const BitMask& samples, const TagSetPtr& of) const {
    LabelBatch batch;
    batch.of = of;
    batch.classes = class_names_;
    std::vector<std::string> missing;
    for (const SampleIndex sample : samples.indices()) {
        const auto label = classes_[sample];
        if (label == unlabelled) {
            missing.push_back(of->name(sample));
            continue;
        }
        batch.samples.push_back(sample);
        batch.labels.push_back(class_names_[label]);
    }
    if (!missing.empty())
        throw DataError(listing(missing, fmt::format("without a label in {}", file_.string())));
    return batch;
}

std::shared_ptr<const OracleTable> read_oracle(const std::shared_ptr<FileCache>& files,
                                               const std::filesystem::path& file,
                                               const TagSetPtr& of) {
    return files->get<OracleTable>(
        file, [&] { return OracleTable(file, dataset::read_labels(file), *of); });
}

}  // namespace trommel::stages
