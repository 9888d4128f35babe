#include "trommel/dataset/prediction_task.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace trommel::dataset {
namespace {

namespace json = boost::json;

constexpr std::string_view schema_name = "schema.json";

[[noreturn]] void fail(const std::string& file, const std::string& what) {
    throw DataError(fmt::format("{}: {}", file, what));
}

json::value parse(std::string_view text, const std::string& file) {
    json::error_code error;
    auto value = json::parse({text.data(), text.size()}, error);
    if (error) fail(file, fmt::format("malformed JSON ({})", error.message()));
    return value;
}

std::string text_of(const json::value& value, const std::string& file, std::string_view what) {
    if (!value.is_string() || value.get_string().empty())
        fail(file, fmt::format("{} must be a string that is not empty", what));
    return {value.get_string().data(), value.get_string().size()};
}

/// The scores of instances are those of detections: they have boxes as well.
scoring::Task task_of(const std::string& name, const std::string& file) {
    if (name == "instance-segmentation") return scoring::Task::object_detection;
    if (const auto task = scoring::find_task(name)) return *task;
    fail(file, fmt::format("'task_type' is '{}', which is none of Lightly's", name));
}

std::vector<std::string> task_names(const std::filesystem::path& file) {
    const auto value = parse(read_file(file), file.string());
    if (!value.is_array()) fail(file.string(), "must be a list of task names");
    std::vector<std::string> names;
    for (const auto& name : value.get_array())
        names.push_back(text_of(name, file.string(), "a task's name"));
    return names;
}

std::filesystem::path folder_of(const std::filesystem::path& folder, std::string_view name) {
    if (std::filesystem::exists(folder / schema_name)) return folder;
    const auto list = folder / "tasks.json";
    if (!std::filesystem::exists(list))
        fail(folder.string(), "holds neither schema.json nor tasks.json");
    const auto names = task_names(list);
    if (name.empty() && names.size() != 1)
        fail(list.string(), fmt::format("has the tasks {}; say which", fmt::join(names, ", ")));
    const std::string chosen(name.empty() ? std::string_view(names.front()) : name);
    if (std::ranges::find(names, chosen) == names.end())
        fail(list.string(),
             fmt::format("has no task '{}', only {}", chosen, fmt::join(names, ", ")));
    return folder / chosen;
}

}  // namespace

bool PredictionTask::has_category(std::int64_t id) const {
    return std::ranges::find(categories, id) != categories.end();
}

namespace {

void add_category(PredictionTask& task, const json::value& entry, const std::string& name) {
    const auto* category = entry.if_object();
    const auto* id = category == nullptr ? nullptr : category->if_contains("id");
    const auto* title = category == nullptr ? nullptr : category->if_contains("name");
    if (id == nullptr || title == nullptr || !id->is_int64())
        fail(name, "each category must have an integer 'id' and a 'name'");
    if (task.has_category(id->get_int64()))
        fail(name, fmt::format("category {} is there twice", id->get_int64()));
    task.categories.push_back(id->get_int64());
    task.names.push_back(text_of(*title, name, "a category's 'name'"));
}

}  // namespace

PredictionTask parse_schema(std::string_view text, const std::string& name) {
    const auto value = parse(text, name);
    const auto* schema = value.if_object();
    if (schema == nullptr) fail(name, "must be an object");
    const auto* type = schema->if_contains("task_type");
    const auto* categories = schema->if_contains("categories");
    if (type == nullptr || categories == nullptr || !categories->is_array())
        fail(name, "must have 'task_type' and a list 'categories'");
    PredictionTask task;
    task.task = task_of(text_of(*type, name, "'task_type'"), name);
    for (const auto& entry : categories->get_array()) add_category(task, entry, name);
    return task;
}

PredictionTask read_prediction_task(const std::filesystem::path& folder, std::string_view name) {
    const auto own = folder_of(folder, name);
    const auto schema = own / schema_name;
    if (!std::filesystem::exists(schema)) fail(own.string(), "holds no schema.json");
    auto task = parse_schema(read_file(schema), schema.string());
    task.folder = own;
    return task;
}

std::vector<std::filesystem::path> prediction_files(const PredictionTask& task) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(task.folder))
        if (entry.path().extension() == ".json" && entry.path() != task.folder / schema_name &&
            entry.is_regular_file())
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

}  // namespace trommel::dataset
