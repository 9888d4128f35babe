// Beneath: files of a folder that are reached without following a link on the way, wherever it
// leads.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace trommel::server {

/// An open file or folder; closed at the end.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    explicit operator bool() const { return number_ >= 0; }
    int get() const { return number_; }

private:
    int number_;
};

/// Where a file lies: `base`, which may be reached by links, as it is the operator's, and the way
/// from there, which may not.
struct PathBelow {
    std::filesystem::path base{};
    std::filesystem::path below{};
};

/// A regular file, to read; nothing where there is none, or a link.
Descriptor open_beneath(const PathBelow& place);

/// Gives the file this place, with the folders on the way; 0 or why it failed.
int move_beneath(const std::filesystem::path& file, const PathBelow& place);

}  // namespace trommel::server
