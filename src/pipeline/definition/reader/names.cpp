#include "pipeline/definition/reader/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace trommel {

OptionInfo name_info(std::string key, std::string help, bool is_required) {
    OptionInfo info = info_of(std::move(key), "name");
    info.help = std::move(help);
    info.required = is_required;
    return info;
}

void read_name(const Node& node, const OptionReader& reader, std::string& name) {
    const auto fits = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == ' ';
    };
    if (!reader.read(node, info_of("name", "text"), name)) return;
    const bool begins_well =
        !name.empty() && std::isalnum(static_cast<unsigned char>(name.front())) != 0;
    if (name.size() >= 3 && begins_well && std::ranges::all_of(name, fits)) return;
    reader.diagnostics.error(node.place(),
                             "bad-name",
                             fmt::format("{} is not a good name", describe(node)),
                             "use three or more letters, digits, '_', '-' and blanks");
}

OptionInfo path_info(std::string key, dataset::FileForm form, std::string help) {
    OptionInfo info = info_of(key, "path").as(key, std::move(help));
    info.form = form;
    return info;
}

}  // namespace trommel
