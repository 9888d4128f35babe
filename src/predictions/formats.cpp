#include "trommel/predictions/format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::predictions {

// Each is in formats/, in a file called as it is.
Format json_lines();
Format csv();
Format array();
Format folder();
Format tar();
Format coco();

std::span<const Format> formats() {
    static const std::vector<Format> all{json_lines(), csv(), array(), folder(), tar(), coco()};
    return all;
}

bool Format::has(PredictionType type) const { return std::ranges::count(types, type) > 0; }

std::string format_names() {
    std::string names;
    for (const auto& format : formats())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
    return names;
}

const Format* find_format(std::string_view name) {
    const auto found = std::ranges::find(formats(), name, &Format::name);
    return found == formats().end() ? nullptr : &*found;
}

const Format* format_by_name(std::filesystem::path file) {
    const bool is_folder = std::filesystem::is_directory(file);
    if (file.extension() == ".gz" || file.extension() == ".zst") file.replace_extension();
    const auto extension = is_folder ? "/" : file.extension().string();
    const auto found = std::ranges::find_if(formats(), [&](const Format& format) {
        return std::ranges::count(format.extensions, extension) > 0;
    });
    return found == formats().end() ? nullptr : &*found;
}

}  // namespace trommel::predictions
