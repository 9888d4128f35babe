#include "trommel/dataset/labels.hpp"

#include "trommel/dataset/files/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <system_error>
#include <tuple>
#include <utility>

namespace trommel::dataset {

namespace {

using CsvRecord = std::span<const std::string_view>;

std::optional<long long> parse_integer(std::string_view text) {
    long long value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

/// The order of class names, as positions in `names`.
std::vector<std::size_t> sorted_order(const std::vector<std::string>& names) {
    std::vector<long long> numbers;
    for (const auto& name : names) {
        if (const auto number = parse_integer(name)) numbers.push_back(*number);
    }
    if (numbers.size() < names.size()) numbers.assign(names.size(), 0);
    std::vector<std::size_t> order(names.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::tie(numbers[i], names[i]); });
    return order;
}

/// Gives the classes, numbered as they appeared, their sorted numbers.
void sort_classes(LabelTable& table) {
    const auto order = sorted_order(table.class_names);
    std::vector<std::string> names(order.size());
    std::vector<std::size_t> rank(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        names[i] = std::move(table.class_names[order[i]]);
        rank[order[i]] = i;
    }
    table.class_names = std::move(names);
    for (auto& [name, label] : table.labels) label.class_index = rank[label.class_index];
}

class LabelsReader {
public:
    explicit LabelsReader(LineReader lines) : csv_(std::move(lines)) {}

    /// The header and the first row.
    void read_first() {
        read_header();
        const auto record = csv_.next();
        if (!record) csv_.fail("the file has a header but no rows");
        read_row(*record);
    }

    LabelTable read() {
        read_first();
        while (const auto record = csv_.next()) read_row(*record);
        sort_classes(table_);
        return std::move(table_);
    }

private:
    void read_header() {
        const auto header = csv_.next();
        if (!header) csv_.fail("the file is empty; its first line must be file_name,label");
        width_ = header->size();
        name_column_ = find_column(*header, "file_name", "filenames");
        label_column_ = find_column(*header, "label", "labels");
    }

    std::size_t find_column(CsvRecord header, std::string_view name, std::string_view other) const {
        const auto matches = [&](std::string_view field) {
            return field == name || field == other;
        };
        const auto found = std::ranges::find_if(header, matches);
        if (found == header.end())
            csv_.fail(fmt::format("the header has no column '{}' (or '{}')", name, other));
        if (std::ranges::count_if(header, matches) > 1)
            csv_.fail(fmt::format("the header has the column '{}' twice", name));
        return static_cast<std::size_t>(found - header.begin());
    }

    void read_row(CsvRecord record) {
        if (record.size() == 1 && record.front().empty()) csv_.fail("the line is empty");
        if (record.size() != width_)
            csv_.fail(
                fmt::format("the row beginning with '{}' has {} columns where the header has "
                            "{}",
                            record.front(),
                            record.size(),
                            width_));
        const auto name = record[name_column_];
        const auto label = record[label_column_];
        if (name.empty()) csv_.fail("the file name is empty");
        if (label.empty()) csv_.fail(fmt::format("sample '{}' has an empty label", name));
        add(name, label);
    }

    void add(std::string_view name, std::string_view label) {
        const Label entry{.class_index = class_index(label), .line = csv_.line()};
        const auto [earlier, is_new] = table_.labels.try_emplace(std::string(name), entry);
        if (is_new) return;
        const auto& [class_before, line] = earlier->second;
        if (class_before == entry.class_index)
            csv_.fail(fmt::format("sample '{}' is labelled twice, first in line {}", name, line));
        csv_.fail(fmt::format("sample '{}' is labelled '{}' here but '{}' in line {}",
                              name,
                              label,
                              table_.class_names[class_before],
                              line));
    }

    std::size_t class_index(std::string_view label) {
        const auto known = classes_.find(label);
        if (known != classes_.end()) return known->second;
        classes_.emplace(label, classes_.size());
        table_.class_names.emplace_back(label);
        return table_.class_names.size() - 1;
    }

    CsvReader csv_;
    std::size_t width_ = 0;  ///< columns of the header
    std::size_t name_column_ = 0;
    std::size_t label_column_ = 0;
    NameMap<std::size_t> classes_;  ///< numbered as they appear
    LabelTable table_;
};

}  // namespace

const Label* LabelTable::find(std::string_view name) const {
    const auto found = labels.find(name);
    return found == labels.end() ? nullptr : &found->second;
}

LabelTable read_labels(const std::filesystem::path& path) {
    return LabelsReader(LineReader::open(path)).read();
}

void check_labels(const std::filesystem::path& path) {
    LabelsReader(LineReader::open(path)).read_first();
}

LabelTable parse_labels(std::string_view text, std::string name) {
    return LabelsReader(LineReader::of_text(text, std::move(name))).read();
}

}  // namespace trommel::dataset
