#include "cli/settings/server_keys.hpp"

#include "trommel/core/credential.hpp"
#include "trommel/core/secret_file.hpp"
#include "trommel/core/text.hpp"

#include <array>

namespace trommel::cli {

std::string text_of(const Node& node, const OptionReader& reader) {
    if (!node.is_scalar())
        reader.diagnostics.error(
            node.place(), "wrong-type", fmt::format("{} is not text", describe(node)));
    return node.text();
}

OptionInfo told(std::string name, std::string type, std::string help) {
    OptionInfo info = info_of(std::move(name), std::move(type));
    info.help = std::move(help);
    return info;
}

std::string in_bytes(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    for (; bytes % 1024 == 0 && bytes > 0 && unit + 1 < units.size(); ++unit) bytes /= 1024;
    return fmt::format("{}{}", bytes, units.at(unit));
}

std::optional<std::string> secret_in(const Node& node,
                                     const std::filesystem::path& file,
                                     const OptionReader& reader,
                                     std::vector<std::string>& warnings) {
    try {
        auto secret = read_secret_file(file);
        if (secret.warning) warnings.push_back(*secret.warning);
        return std::move(secret.text);
    } catch (const ConfigError& error) {
        reader.diagnostics.error(node.place(), "unreadable-file", error.what());
        return std::nullopt;
    }
}

std::string token_in(const Node& node,
                     const OptionReader& reader,
                     std::vector<std::string>& warnings) {
    const auto file = reader.folder / text_of(node, reader);
    const auto secret = secret_in(node, file, reader, warnings);
    std::string token(trim(secret.value_or("")));
    const auto fault = secret ? Credential::fault_of(token) : std::nullopt;
    if (!fault) return token;
    reader.diagnostics.error(
        node.place(), "unreadable-file", fmt::format("the token in {} {}", file.string(), *fault));
    return "";
}

}  // namespace trommel::cli
