#include "stages/programs/answers.hpp"

#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <utility>

namespace trommel::stages {
namespace {

namespace json = boost::json;

std::string text(const json::object& record, std::string_view key) {
    const auto* value = record.if_contains(key);
    if (value == nullptr || !value->is_string())
        throw DataError(fmt::format("needs a text '{}'", key));
    return std::string(value->as_string());
}

Answers::Answer parse(const std::string& line) {
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    if (error) throw DataError(fmt::format("is not JSON: {}", error.message()));
    if (!value.is_object())
        throw DataError(R"(must be a JSON object, {"file_name": "a.jpg", "label": "cat"})");
    Answers::Answer answer{text(value.as_object(), "file_name"), text(value.as_object(), "label")};
    if (answer.label.empty())
        throw DataError(fmt::format("sample '{}': 'label' must be a string that is not empty",
                                    answer.file_name));
    return answer;
}

std::string to_record(const std::string& name, const std::string& label) {
    return json_text(json::object{{"file_name", name}, {"label", label}});
}

/// Whether the last line is damaged: its record, or the byte that ends it. A crash leaves half a
/// line instead, with neither.
bool ends_in_damage(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return false;
    const std::string content = read_file(file);
    if (content.empty()) return false;
    const std::string_view lines(content.data(), content.size() - 1);
    const bool is_whole = checked_record(lines.substr(lines.rfind('\n') + 1)).has_value();
    return is_whole != content.ends_with('\n');
}

/// The file, of which no label may be lost, unless it may be asked for again.
const std::filesystem::path& checked(const std::filesystem::path& file, bool ask_again) {
    if (ask_again || !ends_in_damage(file)) return file;
    throw DataError(
        fmt::format("{}: the last line is damaged, and was a label; put the file back from a "
                    "backup, or ask for the label again with: trommel resume RUN --ask-again",
                    file.string()));
}

}  // namespace

Answers::Answers(const std::filesystem::path& file, const TagSetPtr& of, bool ask_again)
    : log_(checked(file, ask_again)) {
    known_.of = of;
    TagSet all = *of;
    all.query.mask = BitMask::first(of->names->size());
    NameJoin names(all, file);
    std::size_t line = 0;
    for (const auto& record : log_.take_records()) {
        Answer answer = parse(record);
        if (const auto sample = names.find(answer.file_name, ++line)) keep(*sample, answer.label);
    }
    names.check();
}

void Answers::ask(const BitMask& samples, std::filesystem::path source, RecordErrors& errors) {
    errors_ = &errors;
    source_ = std::move(source);
    asked_ = *known_.of;
    asked_.query.mask = samples;
    names_.emplace(asked_, source_, errors_);
    coverage_.emplace(asked_, "a label");
}

void Answers::add(const std::vector<std::string>& lines) {
    std::vector<std::string> records;
    for (const auto& line : lines)
        if (auto record = take(line)) records.push_back(*std::move(record));
    if (!records.empty()) log_.append(records, RecordLog::Sync::yes);
}

std::optional<std::string> Answers::take(const std::string& line) {
    ++lines_;
    if (trim(line).empty()) return std::nullopt;
    try {
        Answer answer = parsed(line);
        const auto sample = names_->find(answer.file_name, lines_);
        if (!sample) return std::nullopt;
        coverage_->add(*sample);
        auto record = to_record(answer.file_name, answer.label);
        keep(*sample, std::move(answer.label));
        return record;
    } catch (const DataError& error) {
        bad_.push_back({.sample = {}, .name = {}, .error = error.what(), .input = line});
        return std::nullopt;
    }
}

Answers::Answer Answers::parsed(const std::string& line) const {
    try {
        return parse(line);
    } catch (const DataError& error) {
        throw DataError(fmt::format("{}:{}: {}", source_.string(), lines_, error.what()));
    }
}

void Answers::keep(SampleIndex sample, std::string label) {
    known_.samples.push_back(sample);
    known_.labels.push_back(std::move(label));
}

void Answers::check() {
    for (const auto& failure : bad_) errors_->failed(failure);
    names_->check();
    coverage_->check(*errors_);
}

}  // namespace trommel::stages
