#include "stages/join/name_faults.hpp"

#include "stages/join/listing.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace trommel::stages {
namespace {

constexpr std::size_t kept_bytes = std::size_t{64} << 10;

std::string_view to_string(NameFault fault) {
    if (fault == NameFault::unknown) return "unknown";
    return fault == NameFault::twice ? "twice" : "missing";
}

}  // namespace

NameFaults::NameFaults(std::filesystem::path list) : list_(std::move(list)) {
    std::error_code none;
    if (!list_.empty()) std::filesystem::remove(list_, none);
}

void NameFaults::add(NameFault fault, std::string_view name, std::size_t line) {
    auto& kind = kinds_[static_cast<std::size_t>(fault)];
    if (++kind.count == 1) kind.line = line;
    if (kind.count <= listed_names) kind.names.emplace_back(name);
    if (list_.empty()) return;
    rows_ += fmt::format("{},{},{}\n",
                         to_string(fault),
                         csv_field(name),
                         line == 0 ? std::string() : std::to_string(line));
    if (rows_.size() >= kept_bytes) write();
}

void NameFaults::write() {
    if (!file_) {
        make_folder(list_.parent_path());
        file_ = std::make_unique<GrowingFile>(list_);
        file_->append("problem,file_name,line\n");
    }
    file_->append(std::exchange(rows_, {}));
}

std::string NameFaults::finish() {
    if (!rows_.empty()) write();
    return file_ ? fmt::format(" (all are in {})", list_.string()) : std::string();
}

}  // namespace trommel::stages
