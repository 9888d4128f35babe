#include "pipeline/run_directory.hpp"

#include "trommel/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trommel {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what, int error) {
    throw Error(fmt::format(
        "{}: cannot {}: {}", file.string(), what, std::generic_category().message(error)));
}

/// A file that is being written; closed at the end of its scope.
class Writing {
public:
    explicit Writing(std::filesystem::path file)
        : file_(std::move(file)),
          descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
        if (descriptor_ < 0) fail(file_, "write", errno);
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing() { ::close(descriptor_); }

    void write(std::string_view content) const {
        while (!content.empty()) {
            const auto written = ::write(descriptor_, content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail(file_, "write", errno);
            content.remove_prefix(static_cast<std::size_t>(written));
        }
    }

private:
    std::filesystem::path file_;
    int descriptor_;
};

}  // namespace

RunDirectory::RunDirectory(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error) fail(path_, "make the directory", error.value());
    if (std::filesystem::exists(path_ / "resolved.yaml", error))
        throw Error(
            fmt::format("{} holds another run; give --run-dir a new directory or remove that one",
                        path_.string()));
}

void RunDirectory::write(const std::string& name, std::string_view content) const {
    const auto file = path_ / name;
    const auto draft = path_ / ("." + name + ".new");
    Writing(draft).write(content);
    if (::rename(draft.c_str(), file.c_str()) != 0) fail(file, "replace", errno);
}

void RunDirectory::write_history(const History& history) const {
    write("metrics.csv", metrics_csv(history));
    write("picks.csv", picks_csv(history));
}

std::string RunDirectory::finished_rounds(const History& history) const {
    if (history.picks.empty()) return fmt::format("no round was finished; see {}", path_.string());
    if (history.picks.size() == 1) return fmt::format("round 1 is finished, in {}", path_.string());
    return fmt::format("rounds 1 to {} are finished, in {}", history.picks.size(), path_.string());
}

}  // namespace trommel
