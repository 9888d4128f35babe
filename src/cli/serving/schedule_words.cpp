#include "cli/serving/schedule_words.hpp"

#include <fmt/format.h>

namespace trommel::cli {

Instant now() { return floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

std::string resume_command(const std::filesystem::path& file, const std::filesystem::path& data) {
    const auto where = data.empty() ? std::string() : fmt::format(" --data {}", data.string());
    return fmt::format("trommel schedule {}{} --resume", file.string(), where);
}

std::string schedule_advice(const std::filesystem::path& file) {
    return fmt::format(
        "{0} has no schedule: write one into it, such as\n\n"
        "    schedule: {{cron: '30 2 * * *', timezone: Europe/Zurich}}\n\n"
        "or run it once with 'trommel run {0}'",
        file.string());
}

}  // namespace trommel::cli
