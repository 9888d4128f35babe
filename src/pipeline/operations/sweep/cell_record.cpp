#include "trommel/pipeline/operations/sweep/cell_record.hpp"

#include "trommel/core/durable_file.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <sstream>

namespace trommel {
namespace {

namespace json = boost::json;

constexpr auto record_file = "cell.json";

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return std::move(text).str();
}

std::optional<CellRecord> record_of(const json::object& fields) {
    const auto* const state = fields.if_contains("state");
    const auto* const error = fields.if_contains("error");
    const auto* const seconds = fields.if_contains("seconds");
    if (state == nullptr || (*state != "failed" && *state != "finished")) return std::nullopt;
    CellRecord record;
    record.failed = *state == "failed";
    if (error != nullptr && error->is_string()) record.error = error->as_string().c_str();
    if (seconds != nullptr && seconds->is_double()) record.seconds = seconds->as_double();
    return record;
}

}  // namespace

std::optional<CellRecord> read_cell_record(const std::filesystem::path& directory) {
    json::error_code error;
    const json::value value = json::parse(text_of(directory / record_file), error);
    if (error || !value.is_object()) return std::nullopt;
    return record_of(value.get_object());
}

void write_cell_record(const std::filesystem::path& directory, const CellRecord& record) {
    const json::object fields{{"state", record.failed ? "failed" : "finished"},
                              {"error", record.error},
                              {"seconds", record.seconds}};
    replace_file(directory / record_file, indented(fields) + "\n");
}

}  // namespace trommel
