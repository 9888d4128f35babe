#include "trommel/core/error.hpp"
#include "trommel/pipeline/schedule/schedule_state.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace trommel {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what, int error) {
    throw Error(fmt::format(
        "{}: cannot {}: {}", file.string(), what, std::generic_category().message(error)));
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) fail(folder, "make the directory", error.value());
}

/// An open file or folder; closed at the end of its scope.
class Descriptor {
public:
    Descriptor(std::filesystem::path path, int flags)
        : path_(std::move(path)), number_(::open(path_.c_str(), flags | O_CLOEXEC, 0666)) {
        if (number_ < 0) fail(path_, "open it", errno);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(number_); }

    void write(std::string_view content) const {
        while (!content.empty()) {
            const auto written = ::write(number_, content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail(path_, "write it", errno);
            content.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void sync() const {
        if (::fsync(number_) != 0) fail(path_, "keep it on disk", errno);
    }

private:
    std::filesystem::path path_;
    int number_;
};

}  // namespace

ScheduleFile ScheduleFile::of(const std::filesystem::path& folder, const std::string& pipeline) {
    return ScheduleFile(folder / "schedules" / (pipeline + ".json"));
}

std::optional<ScheduleState> ScheduleFile::load() const {
    std::error_code error;
    if (!std::filesystem::exists(path_, error)) return std::nullopt;
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) fail(path_, "read it", errno);
    try {
        return parse_schedule_state(text.str());
    } catch (const DataError& problem) {
        throw DataError(fmt::format(
            "{}: {}; remove it to let the schedule begin anew", path_.string(), problem.what()));
    }
}

void ScheduleFile::save(const ScheduleState& state) const {
    const auto folder = path_.parent_path();
    make_folder(folder);
    const auto draft = folder / ("." + path_.filename().string() + ".new");
    {
        const Descriptor file(draft, O_WRONLY | O_CREAT | O_TRUNC);
        file.write(to_json_text(state));
        file.sync();
    }
    if (::rename(draft.c_str(), path_.c_str()) != 0) fail(path_, "replace it", errno);
    Descriptor(folder, O_RDONLY | O_DIRECTORY).sync();
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
