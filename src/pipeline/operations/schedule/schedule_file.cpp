#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/operations/schedule/schedule_state.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace trommel {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what, int error) {
    throw Error(fmt::format(
        "{}: cannot {}: {}", file.string(), what, std::generic_category().message(error)));
}

}  // namespace

ScheduleFile ScheduleFile::of(const std::filesystem::path& folder, const std::string& pipeline) {
    return ScheduleFile(folder / "schedules" / (pipeline + ".json"));
}

std::optional<ScheduleState> ScheduleFile::load() const {
    std::error_code error;
    if (!std::filesystem::exists(path_, error)) return std::nullopt;
    const std::string text = read_file(path_);
    try {
        return parse_schedule_state(text);
    } catch (const DataError& problem) {
        throw DataError(fmt::format(
            "{}: {}; remove it to let the schedule restart", path_.string(), problem.what()));
    }
}

void ScheduleFile::save(const ScheduleState& state) const {
    make_folder(path_.parent_path());
    replace_file(path_, to_json_text(state));
}

ScheduleOwnership::ScheduleOwnership(const ScheduleFile& file) {
    make_folder(file.path().parent_path());
    auto path = file.path();
    path.replace_extension(".lock");
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail(path, "open it", errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    ::close(descriptor_);
    if (error != EWOULDBLOCK) fail(path, "lock it", error);
    throw Error(
        fmt::format("{}: another 'trommel serve' runs this schedule; end it or give another --data",
                    file.path().string()));
}

ScheduleOwnership::ScheduleOwnership(ScheduleOwnership&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

ScheduleOwnership::~ScheduleOwnership() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace trommel
