#include "trommel/platform/naming.hpp"

#include "trommel/core/name.hpp"
#include "trommel/platform/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <random>

namespace trommel {

namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
    });
}

[[noreturn]] void refuse(std::string_view what, std::string_view name, std::string_view rule) {
    throw PlatformError(PlatformError::Reason::invalid,
                        fmt::format("'{}' cannot be {}: take {}", shown(name), what, rule));
}

/// The rule of every name.
void check_name(std::string_view what, std::string_view name) {
    if (const auto fault = fault_of_name(name))
        throw PlatformError(
            PlatformError::Reason::invalid,
            fmt::format("'{}' cannot be {}: it {}; take one line of UTF-8 of at most {} bytes",
                        shown(name),
                        what,
                        *fault,
                        max_name_bytes));
}

bool is_title(std::string_view name, std::string_view others) {
    return name.size() >= 3 && name.size() <= max_name_bytes && is_alphanumeric(name.front()) &&
           consists_of(name, others);
}

}  // namespace

void check_dataset_name(std::string_view name) {
    if (!is_title(name, " _-"))
        refuse("the name of a dataset",
               name,
               "3 to 1,024 letters, digits, blanks, '_' or '-', the first a letter or digit");
}

void check_tag_name(std::string_view name) {
    if (!is_title(name, " .:;=@_-"))
        refuse("the name of a tag",
               name,
               "3 to 1,024 letters, digits, blanks or any of .:;=@_- and begin with a letter or "
               "digit");
}

void check_score_type(std::string_view type) {
    if (type.empty() || type.size() > max_name_bytes || !consists_of(type, "_+=,.@:/-"))
        refuse("a score type", type, "1 to 1,024 letters, digits or any of _+=,.@:/-");
}

void check_sample_name(std::string_view name) { check_name("the name of a sample", name); }

void check_embedding_name(std::string_view name) { check_name("the name of embeddings", name); }

std::string new_id() {
    static const std::uint64_t process =
        (std::uint64_t{std::random_device()()} << 8 ^ std::random_device()()) & 0xff'ffff'ffff;
    static std::atomic<std::uint32_t> count = std::random_device()();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    return fmt::format("{:08x}{:010x}{:06x}",
                       static_cast<std::uint32_t>(seconds),
                       process,
                       count.fetch_add(1) & 0xff'ffff);
}

}  // namespace trommel
