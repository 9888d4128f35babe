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
/// a line break can only stand between JSON's words.
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
        if (!all().is_object()) fail("it is no object");
        return all().get_object();
    }
    const boost::json::array& as_array() const {
        if (!all().is_array()) fail("it is no list");
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
    if (!json.is_object()) fail("an entry is no object");
    return json.get_object();
}

/// The member, unless it is missing or null.
const value* find(const object& json, std::string_view name) {
    const value* const member = json.if_contains(name);
    return member == nullptr || member->is_null() ? nullptr : member;
}

std::string text_in(const object& json, std::string_view name) {
    const value* const member = find(json, name);
    if (member == nullptr || !member->is_string()) fail(fmt::format("it has no text '{}'", name));
    return std::string(member->get_string());
}

std::string optional_text(const object& json, std::string_view name) {
    return find(json, name) == nullptr ? std::string() : text_in(json, name);
}

std::optional<double> number_in(const object& json, std::string_view name) {
    const value* const member = find(json, name);
    if (member == nullptr) return std::nullopt;
    if (!member->is_number()) fail(fmt::format("'{}' is no number", name));
    return member->to_number<double>();
}

std::size_t count_in(const object& json, std::string_view name) {
    const double number = number_in(json, name).value_or(0);
    if (!(number >= 0) || number > 1e15) fail(fmt::format("'{}' is no count", name));
    return static_cast<std::size_t>(number);
}

Timestamp time_in(const object& json, std::string_view name) {
    return Timestamp(std::chrono::milliseconds(count_in(json, name)));
}

template <typename IdType>
std::optional<IdType> optional_id(const object& json, std::string_view name) {
    auto text = optional_text(json, name);
    if (text.empty()) return std::nullopt;
    return IdType(std::move(text));
}

/// Each entry of a list by `read`.
template <typename Read>
auto list_of(const std::string& json, Read read) {
    const Json list(json);
    std::vector<decltype(read(std::declval<const object&>()))> all;
    for (const auto& entry : list.as_array()) all.push_back(read(object_in(entry)));
    return all;
}

Dataset read_dataset(const object& json) {
    return {.id = DatasetId(text_in(json, "id")),
            .name = text_in(json, "name"),
            .sample_count = count_in(json, "nSamples"),
            .created_at = time_in(json, "createdAt")};
}

BitMask mask_in(const object& json) {
    try {
        return BitMask::from_hex(text_in(json, "bitMaskData"));
    } catch (const DataError& error) {
        fail(error.what());
    }
}

Tag read_tag(const object& json, const DatasetId& dataset) {
    Tag tag;
    tag.id = TagId(text_in(json, "id"));
    tag.dataset = optional_id<DatasetId>(json, "datasetId").value_or(dataset);
    tag.name = text_in(json, "name");
    tag.mask = mask_in(json);
    tag.total = count_in(json, "totSize");
    tag.previous = optional_id<TagId>(json, "prevTagId");
    tag.query = optional_id<TagId>(json, "queryTagId");
    tag.preselected = optional_id<TagId>(json, "preselectedTagId");
    tag.created_at = time_in(json, "createdAt");
    return tag;
}

/// Lightly's UNKNOWN is yet to become one of the others.
JobState state_of(const std::string& name) {
    if (name == "UNKNOWN") return JobState::waiting;
    const auto state = parse_job_state(name);
    if (!state) fail(fmt::format("'{}' is no state of a job", name));
    return *state;
}

std::optional<Timestamp> optional_time(const object& json, std::string_view name) {
    if (find(json, name) == nullptr) return std::nullopt;
    return time_in(json, name);
}

/// What both kinds of answers say of a job, if the server is not too old for it.
void add_times(const object& json, JobStatus& status) {
    status.dataset = optional_id<DatasetId>(json, "datasetId").value_or(DatasetId());
    status.created_at = time_in(json, "createdAt");
    status.finished_at = optional_time(json, "finishedAt");
}

Pick read_pick(const object& json) {
    Pick pick{.sample = static_cast<SampleIndex>(count_in(json, "sample")),
              .score = number_in(json, "score"),
              .distance = number_in(json, "distance"),
              .nearest = {}};
    if (find(json, "nearest") != nullptr)
        pick.nearest = static_cast<SampleIndex>(count_in(json, "nearest"));
    return pick;
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

std::string id_of(const std::string& json) { return text_in(Json(json).as_object(), "id"); }

std::string text_of(const std::string& json) {
    if (!json.starts_with('"')) return json;
    const Json text(json);
    if (!text.all().is_string()) fail("it is no text");
    return std::string(text.all().get_string());
}

Dataset dataset_of(const std::string& json) { return read_dataset(Json(json).as_object()); }

std::vector<Dataset> datasets_of(const std::string& json) { return list_of(json, read_dataset); }

Tag tag_of(const std::string& json, const DatasetId& dataset) {
    return read_tag(Json(json).as_object(), dataset);
}

std::vector<Tag> tags_of(const std::string& json, const DatasetId& dataset) {
    return list_of(json, [&](const object& each) { return read_tag(each, dataset); });
}

std::vector<Embedding> embeddings_of(const std::string& json, const DatasetId& dataset) {
    std::vector<Embedding> ready;
    const Json list(json);
    for (const auto& entry : list.as_array()) {
        const object& each = object_in(entry);
        const value* const processed = find(each, "isProcessed");
        if (processed != nullptr && processed->is_bool() && !processed->get_bool()) continue;
        ready.push_back({.id = EmbeddingId(text_in(each, "id")),
                         .dataset = dataset,
                         .name = text_in(each, "name"),
                         .rows = count_in(each, "rows"),
                         .dimensions = count_in(each, "dimensions"),
                         .created_at = time_in(each, "createdAt")});
    }
    return ready;
}

FoundSample found_sample_of(const std::string& json, const std::string& name) {
    FoundSample found;
    const Json list(json);
    for (const auto& entry : list.as_array()) {
        const object& each = object_in(entry);
        if (text_in(each, "fileName") != name) continue;
        found.is_there = true;
        if (find(each, "index") != nullptr)
            found.index = static_cast<SampleIndex>(count_in(each, "index"));
    }
    return found;
}

std::vector<ListedScore> scores_of(const std::string& json, const TagId& tag) {
    return list_of(json, [&](const object& each) {
        ListedScore listed;
        listed.score.tag = tag;
        listed.score.type = text_in(each, "scoreType");
        listed.score.created_at = time_in(each, "createdAt");
        listed.id = text_in(each, "id");
        return listed;
    });
}

JobStatus trommel_job_of(const std::string& json) {
    const Json all(json);
    const object& job = all.as_object();
    JobStatus status;
    status.id = JobId(text_in(job, "id"));
    status.state = state_of(text_in(job, "state"));
    status.progress.picks = count_in(job, "picks");
    if (find(job, "wanted") != nullptr) status.progress.wanted = count_in(job, "wanted");
    status.result = optional_id<TagId>(job, "result");
    status.error = optional_text(job, "error");
    if (find(job, "memory") != nullptr) status.memory = count_in(job, "memory");
    status.ending = selection::parse_ending(optional_text(job, "ending"));
    add_times(job, status);
    status.recall = number_in(job, "recall");
    return status;
}

JobStatus lightly_job_of(const std::string& json) {
    const Json all(json);
    const object& job = all.as_object();
    JobStatus status;
    status.id = JobId(text_in(job, "id"));
    status.state = state_of(text_in(job, "status"));
    const double seconds = number_in(job, "waitTimeTillNextPoll").value_or(1);
    status.poll_after =
        std::chrono::microseconds(std::llround(std::clamp(seconds, 0.1, 60.0) * 1e6));
    status.error = optional_text(job, "error");
    add_times(job, status);
    if (const value* const result = find(job, "result"))
        status.result = optional_id<TagId>(object_in(*result), "data");
    if (status.state == JobState::finished && !status.result) fail("a finished job has no result");
    return status;
}

std::vector<Pick> picks_of(const std::string& json) { return list_of(json, read_pick); }

std::vector<ListedJob> jobs_of(const std::string& json) {
    std::vector<ListedJob> jobs;
    const Json list(json);
    for (const auto& entry : list.as_array()) {
        const object& each = object_in(entry);
        if (optional_text(each, "jobType") != "SAMPLING") continue;
        jobs.push_back({.id = JobId(text_in(each, "jobId")),
                        .dataset = optional_id<DatasetId>(each, "datasetId").value_or(DatasetId()),
                        .state = state_of(text_in(each, "status")),
                        .created_at = time_in(each, "createdAt"),
                        .finished_at = optional_time(each, "finishedAt")});
    }
    std::stable_sort(jobs.begin(), jobs.end(), [](const ListedJob& a, const ListedJob& b) {
        return a.created_at < b.created_at;
    });
    return jobs;
}

}  // namespace trommel::lightly
