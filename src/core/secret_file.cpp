#include "trommel/core/secret_file.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace trommel {
namespace {

constexpr std::size_t max_bytes = std::size_t{64} << 10;

class SecretReader {
public:
    explicit SecretReader(const std::filesystem::path& file)
        : file_(file),
          // A pipe must not let the caller wait.
          descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (descriptor_ < 0) fail("cannot be read: " + std::generic_category().message(errno));
    }
    SecretReader(const SecretReader&) = delete;
    SecretReader& operator=(const SecretReader&) = delete;
    ~SecretReader() { ::close(descriptor_); }

    SecretFile read() {
        SecretFile secret;
        secret.warning = check_owner();
        secret.text = read_all();
        if (secret.text.size() > max_bytes)
            fail(fmt::format("has more than {} KiB; the file must hold only the secret",
                             max_bytes >> 10));
        if (secret.text.find('\0') != std::string::npos)
            fail("holds a zero byte, so it is not text");
        while (secret.text.ends_with('\n') || secret.text.ends_with('\r')) secret.text.pop_back();
        if (trim(secret.text).empty())
            fail("is empty; write the secret into it, or look why it was not mounted");
        return secret;
    }

private:
    [[noreturn]] void fail(std::string_view what) const {
        throw ConfigError(fmt::format("{} {}", file_.string(), what));
    }

    /// A warning, if it is only to be read by others.
    std::optional<std::string> check_owner() const {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0)
            fail("cannot be looked at: " + std::generic_category().message(errno));
        if (!S_ISREG(status.st_mode)) fail("is not a regular file");
        const auto name = file_.string();
        if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
            fail(
                fmt::format("may be written by others than its owner, who could put a secret of "
                            "their own there; chmod go-w {}",
                            name));
        if ((status.st_mode & (S_IRGRP | S_IROTH)) != 0)
            return fmt::format("{0} may be read by others than its owner; chmod 600 {0}", name);
        return std::nullopt;
    }

    std::string read_all() const {
        std::string text;
        std::array<char, 4096> buffer;
        while (text.size() <= max_bytes) {
            const auto count = ::read(descriptor_, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail("cannot be read: " + std::generic_category().message(errno));
            if (count == 0) break;
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return text;
    }

    const std::filesystem::path& file_;
    int descriptor_;
};

}  // namespace

SecretFile read_secret_file(const std::filesystem::path& file) { return SecretReader(file).read(); }

}  // namespace trommel
