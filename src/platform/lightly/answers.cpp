#include "platform/lightly/answers.hpp"

#include "trommel/dataset/json_lines.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace trommel::lightly {
namespace {

using boost::json::object;
using boost::json::value;

[[noreturn]] void fail(const std::string& what) {
    throw PlatformError(PlatformError::Reason::unusable, "the server's answer: " + what);
}

/// A text of JSON as a value. By JsonLines, because Boost.JSON rounds one double in five wrongly;
/// a line break can only appear between JSON's words.
class Json {
public:
    explicit Json(const std::string& text)
        : line_("{\"all\":" + text + "}"), lines_(reader_of(line_)) {
        try {
            object_ = lines_.next();
        } catch (const Error& error) {
            fail(error.what());
        }
        if (object_ == nullptr) fail("it is empty");
    }

    const value& all() const { return object_->at("all"); }
    const object& as_object() const {
        if (!all().is_object()) fail("it is not an object");
        return all().get_object();
    }
    const boost::json::array& as_array() const {
        if (!all().is_array()) fail("it is not a list");
        return all().get_array();
    }

private:
    static dataset::LineReader reader_of(std::string& line) {
        std::replace(line.begin(), line.end(), '\n', ' ');
        std::replace(line.begin(), line.end(), '\r', ' ');
        return dataset::LineReader::of_text(line, "JSON");
    }

    std::string line_;
    dataset::JsonLines lines_;
    const object* object_ = nullptr;
};

const object& object_in(const value& json) {
    if (!json.is_object()) fail("an entry is not an object");
    return json.get_object();
}

template <typename Record>
Record read(const object& json) {
    try {
        return wire::from_json<Record>(json);
    } catch (const DataError& error) {
        fail(error.what());
    }
}

template <typename Record>
Record read(const std::string& json) {
    return read<Record>(Json(json).as_object());
}

/// Each entry of a list that `is_wanted`.
template <typename Record, typename Filter>
std::vector<Record> read_list(const std::string& json, Filter is_wanted) {
    const Json list(json);
    std::vector<Record> all;
    for (const auto& entry : list.as_array())
        if (const auto& each = object_in(entry); is_wanted(each)) all.push_back(read<Record>(each));
    return all;
}

template <typename Record>
std::vector<Record> read_list(const std::string& json) {
    return read_list<Record>(json, [](const object&) { return true; });
}

std::string optional_text(const object& json, std::string_view name) {
    std::string text;
    const auto* const member = wire::find(json, name);
    if (member != nullptr && !member->is_string()) fail(fmt::format("it has no text '{}'", name));
    if (member != nullptr) text = member->get_string();
    return text;
}

/// Lightly may leave out which dataset it is.
Tag with_dataset(Tag tag, const DatasetId& dataset) {
    if (tag.dataset.empty()) tag.dataset = dataset;
    return tag;
}

}  // namespace

std::string field_of(const std::string& json, std::string_view name) {
    try {
        const Json all(json);
        return optional_text(all.as_object(), name);
    } catch (const PlatformError&) {
        return {};
    }
}

std::string code_of(const std::string& json) { return field_of(json, "code"); }

std::string message_of(const std::string& json) {
    constexpr std::size_t most = 200;
    auto said = field_of(json, "error");
    if (said.empty()) said = field_of(json, "message");  // as Lightly said it in 1.1.0
    if (said.empty()) said = json.substr(0, std::min(json.find('\n'), most));
    return said.empty() ? "the server says no more" : said;
}

std::string id_of(const std::string& json) { return read<wire::Created>(json).id.text(); }

std::string text_of(const std::string& json) {
    if (!json.starts_with('"')) return json;
    const Json text(json);
    if (!text.all().is_string()) fail("it is not text");
    return std::string(text.all().get_string());
}

Dataset dataset_of(const std::string& json) { return read<wire::DatasetData>(json).dataset; }

std::vector<Dataset> datasets_of(const std::string& json) {
    std::vector<Dataset> datasets;
    for (auto& each : read_list<wire::DatasetData>(json))
        datasets.push_back(std::move(each.dataset));
    return datasets;
}

Tag tag_of(const std::string& json, const DatasetId& dataset) {
    return with_dataset(read<Tag>(json), dataset);
}

std::vector<Tag> tags_of(const std::string& json, const DatasetId& dataset) {
    auto tags = read_list<Tag>(json);
    for (auto& tag : tags) tag = with_dataset(std::move(tag), dataset);
    return tags;
}

std::vector<Embedding> trommel_embeddings_of(const std::string& json, const DatasetId& dataset) {
    auto all = read_list<Embedding>(json);
    for (auto& each : all) each.dataset = dataset;
    return all;
}

std::vector<Embedding> lightly_embeddings_of(const std::string& json, const DatasetId& dataset) {
    std::vector<Embedding> ready;
    for (auto& each : read_list<wire::ListedEmbedding>(json))
        if (each.is_processed)
            ready.push_back({.id = std::move(each.id),
                             .dataset = dataset,
                             .name = std::move(each.name),
                             .created_at = each.created_at});
    return ready;
}

FoundSample found_sample_of(const std::string& json, const std::string& name) {
    FoundSample found;
    for (const auto& each : read_list<wire::NamedSample>(json))
        if (each.file_name == name) found = {.is_there = true, .index = each.index};
    return found;
}

std::vector<wire::ListedScore> scores_of(const std::string& json, const TagId& tag) {
    auto scores = read_list<wire::ListedScore>(json);
    for (auto& each : scores) each.score.tag = tag;
    return scores;
}

JobStatus trommel_job_of(const std::string& json) { return read<JobStatus>(json); }

JobStatus lightly_job_of(const std::string& json) {
    const auto job = read<wire::LightlyJob>(json);
    const auto tag = job.result ? job.result->tag : std::nullopt;
    if (job.state == JobState::finished && !tag) fail("a finished job has no result");
    const auto wait = std::clamp(job.seconds_to_wait, 0.1, 60.0);
    return {.id = job.id,
            .dataset = job.dataset,
            .state = job.state,
            .result = tag,
            .error = job.error,
            .poll_after = std::chrono::microseconds(std::llround(wait * 1e6)),
            .created_at = job.created_at,
            .finished_at = job.finished_at};
}

std::vector<Pick> picks_of(const std::string& json) { return read_list<Pick>(json); }

std::vector<ListedJob> jobs_of(const std::string& json) {
    std::vector<ListedJob> jobs;
    const auto is_selection = [](const object& each) {
        return optional_text(each, "jobType") == "SAMPLING";
    };
    for (auto& each : read_list<wire::JobsData>(json, is_selection))
        jobs.push_back(std::move(each.job));
    std::stable_sort(jobs.begin(), jobs.end(), [](const ListedJob& a, const ListedJob& b) {
        return a.created_at < b.created_at;
    });
    return jobs;
}

}  // namespace trommel::lightly
