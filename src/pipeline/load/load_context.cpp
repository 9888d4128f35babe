#include "pipeline/load/load_context.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {

OptionInfo info_of(std::string name, std::string type, std::optional<double> min) {
    OptionInfo info;
    info.name = std::move(name);
    info.type = std::move(type);
    info.min = min;
    return info;
}

OptionInfo path_info(std::string name, dataset::FileForm form) {
    OptionInfo info = info_of(std::move(name), "path");
    info.form = form;
    return info;
}

void read_name(const Node& node, const LoadContext& load, std::string& name) {
    const auto fits = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == ' ';
    };
    if (!load.reader.read(node, info_of("name", "text"), name)) return;
    const bool begins_well =
        !name.empty() && std::isalnum(static_cast<unsigned char>(name.front())) != 0;
    if (name.size() >= 3 && begins_well && std::ranges::all_of(name, fits)) return;
    load.diagnostics().error(node.place(),
                             "bad-name",
                             fmt::format("{} is no good name", describe(node)),
                             "use three or more letters, digits, '_', '-' and blanks");
}

}  // namespace trommel
