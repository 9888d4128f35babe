#include "trommel/pipeline/secrets.hpp"

#include "pipeline/load/references.hpp"
#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"
#include "trommel/core/secret_file.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace trommel {
namespace {

constexpr std::size_t max_secret_bytes = std::size_t{64} << 10;

/// In place of a secret that could not be had, so that what refers to it is not called wrong too.
constexpr std::string_view stand_in = "whsec_tHiSsEcReTiSmIsSiNgSoNoThInGrUnS";

class SecretReader {
public:
    SecretReader(std::string name, const LoadContext& load)
        : name_(std::move(name)), owner_(fmt::format("secret '{}'", name_)), load_(load) {}

    void read(const Node& node, Secrets& secrets) {
        Section section(node, owner_, load_.diagnostics());
        const Node* variable = section.find("env");
        const Node* file = section.find("file");
        section.refuse_others();
        if (node.is_map() && (variable == nullptr) == (file == nullptr))
            return say(node, "missing-key", fmt::format("{} needs either 'env' or 'file'", owner_));
        if (variable != nullptr) keep(*variable, value_of_variable(*variable), secrets);
        if (file != nullptr) keep(*file, value_of_file(*file), secrets);
    }

private:
    void say(const Node& node, std::string code, std::string message, std::string hint = {}) {
        load_.diagnostics().error(
            node.place(), std::move(code), std::move(message), std::move(hint));
    }

    std::optional<std::string> value_of_variable(const Node& node) {
        std::string variable;
        if (!load_.reader.read(node, info_of("env", "text"), variable)) return std::nullopt;
        const char* value = std::getenv(variable.c_str());
        if (value != nullptr && *value != '\0') return value;
        say(node,
            "unset-secret",
            fmt::format("{}: the environment variable '{}' is not set", owner_, variable),
            "set it, or keep the secret in a file: {file: PATH}");
        return std::nullopt;
    }

    std::optional<std::string> value_of_file(const Node& node) {
        std::filesystem::path path;
        if (!load_.reader.read(node, path_info("file", dataset::FileForm::unread), path))
            return std::nullopt;
        try {
            auto secret = read_secret_file(path);
            if (secret.warning)
                load_.diagnostics().warning(
                    node.place(), "open-secret", fmt::format("{}: {}", owner_, *secret.warning));
            return std::move(secret.text);
        } catch (const ConfigError& error) {
            say(node, "unset-secret", fmt::format("{}: {}", owner_, error.what()));
            return std::nullopt;
        }
    }

    void keep(const Node& node, std::optional<std::string> value, Secrets& secrets) {
        if (value && !is_good(node, *value)) value.reset();
        secrets.add(name_, value ? *std::move(value) : std::string(stand_in));
    }

    bool is_good(const Node& node, const std::string& value) {
        if (trim(value).empty())
            say(node, "unset-secret", fmt::format("{} holds only blanks", owner_));
        else if (value.size() < min_secret_bytes)
            say(node,
                "short-secret",
                fmt::format("{} is shorter than {} bytes, so it could not be kept out of logs "
                            "without hiding other text",
                            owner_,
                            min_secret_bytes));
        else if (value.size() > max_secret_bytes || value.find('\0') != std::string::npos)
            say(node,
                "bad-secret",
                fmt::format("{} is no text of at most {} KiB", owner_, max_secret_bytes >> 10));
        else
            return true;
        return false;
    }

    std::string name_;
    std::string owner_;
    const LoadContext& load_;
};

/// Finds references to secrets where they would be seen.
class ReferenceCheck {
public:
    ReferenceCheck(const Registry& registry, Diagnostics& diagnostics)
        : registry_(registry), diagnostics_(diagnostics) {}

    void check(const Node& document) {
        for (const auto& [key, place, value] : document.entries())
            if (key == "stages")
                for (const auto& stage : value.entries()) check_stage(stage.value);
            else if (key == "hooks")
                for (const auto& hook : value.entries())
                    check_except({"env", "url", "secret"}, hook.value);
            else if (key == "platform" && value.is_map())
                check_except({"token"}, value);
            else
                refuse_in(value);
    }

private:
    void check_stage(const Node& stage) {
        const Node* uses = stage.find("uses");
        const StageType* type = uses == nullptr ? nullptr : registry_.find(uses->text());
        for (const auto& [key, place, value] : stage.entries())
            if (key != "with")
                refuse_in(value);
            else if (type != nullptr)
                check_options(*type, value);
        // A kind of stage that there is not is an error of its own.
    }

    void check_options(const StageType& type, const Node& with) {
        for (const auto& [key, place, value] : with.entries())
            if (!is_secret(type, key)) refuse_in(value);
        if (!with.is_map()) refuse_in(with);
    }

    static bool is_secret(const StageType& type, const std::string& option) {
        for (const auto& known : type.options)
            if (known.info.name == option) return known.info.secret;
        return true;  // an option that there is not is an error of its own
    }

    void check_except(std::initializer_list<std::string_view> names, const Node& map) {
        for (const auto& [key, place, value] : map.entries())
            if (std::ranges::find(names, key) == names.end()) refuse_in(value);
    }

    void refuse_in(const Node& node) {
        for_each_reference(node, "secrets", [this](const Node& scalar, const Reference& reference) {
            diagnostics_.error(scalar.place_at(reference.offset, reference.length),
                               "exposed-secret",
                               fmt::format("'secrets.{}' would be seen here", reference.path),
                               "secrets stand in 'env' of exec stages and hooks, in 'url' and "
                               "'secret' of hooks, and in "
                               "the platform's 'token'");
        });
    }

    const Registry& registry_;
    Diagnostics& diagnostics_;
};

}  // namespace

Secrets read_secrets(const Node& node, const LoadContext& load) {
    Secrets secrets;
    const Node resolved = load.resolved(node);
    if (!resolved.is_map())
        load.diagnostics().error(node.place(), "wrong-type", "'secrets' must be a map");
    for (const auto& [name, place, value] : resolved.entries())
        SecretReader(name, load).read(value, secrets);
    return secrets;
}

void check_secret_references(const Node& document,
                             const Registry& registry,
                             Diagnostics& diagnostics) {
    ReferenceCheck(registry, diagnostics).check(document);
}

}  // namespace trommel
