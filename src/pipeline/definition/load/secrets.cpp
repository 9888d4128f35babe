#include "trommel/pipeline/stage/secrets.hpp"

#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "pipeline/definition/reader/references.hpp"
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

const OptionInfo variable_info =
    info_of("env", "text").as("env", "Environment variable that holds it.");
const OptionInfo file_info = path_info("file", dataset::FileForm::unread, "File that holds it.");

class SecretReader {
public:
    SecretReader(std::string name, const OptionReader& reader, Secrets& secrets)
        : name_(std::move(name)),
          owner_(fmt::format("secret '{}'", name_)),
          reader_(reader),
          secrets_(secrets) {}

    const std::string& owner() const { return owner_; }

    void take_variable(const Node& node) { keep(node, value_of_variable(node)); }
    void take_file(const Node& node) { keep(node, value_of_file(node)); }

private:
    void say(const Node& node, std::string code, std::string message, std::string hint = {}) {
        reader_.diagnostics.error(
            node.place(), std::move(code), std::move(message), std::move(hint));
    }

    std::optional<std::string> value_of_variable(const Node& node) {
        std::string variable;
        if (!reader_.read(node, variable_info, variable)) return std::nullopt;
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
        if (!reader_.read(node, file_info, path)) return std::nullopt;
        try {
            auto secret = read_secret_file(path);
            if (secret.warning)
                reader_.diagnostics.warning(
                    node.place(), "open-secret", fmt::format("{}: {}", owner_, *secret.warning));
            return std::move(secret.text);
        } catch (const ConfigError& error) {
            say(node, "unset-secret", fmt::format("{}: {}", owner_, error.what()));
            return std::nullopt;
        }
    }

    void keep(const Node& node, std::optional<std::string> value) {
        if (value && !is_good(node, *value)) value.reset();
        secrets_.add(name_, value ? *std::move(value) : std::string(stand_in));
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
                fmt::format("{} is not text of at most {} KiB", owner_, max_secret_bytes >> 10));
        else
            return true;
        return false;
    }

    std::string name_;
    std::string owner_;
    const OptionReader& reader_;
    Secrets& secrets_;
};

KeyFault not_one_place() {
    return {.code = "missing-key", .message = "{} needs either 'env' or 'file'"};
}

MapType<SecretReader> secret_type() {
    return MapType<SecretReader>("Where its value is: 'env' or 'file'.")
        .key(variable_info,
             [](const Node& node, const OptionReader&, SecretReader& secret) {
                 secret.take_variable(node);
             })
        .key(file_info,
             [](const Node& node, const OptionReader&, SecretReader& secret) {
                 secret.take_file(node);
             })
        .one_of({"env", "file"}, not_one_place(), not_one_place());
}

/// Finds references to secrets where they would be seen.
class ReferenceCheck {
public:
    ReferenceCheck(const Registry& registry, Diagnostics& diagnostics)
        : registry_(registry), diagnostics_(diagnostics) {}

    void check(const Node& document) {
        for (const auto& [key, place, value] : document.entries())
            if (key == "stages")
                for (const auto& stage : value.entries()) check_stage(stage.value);
            else
                check_below(declared_below({&whole_}, key), value);
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

    /// `infos` are what may appear in the node's place.
    void check_below(const std::vector<const OptionInfo*>& infos, const Node& node) {
        if (std::ranges::any_of(infos, &OptionInfo::secret)) return;
        if (!node.is_map()) return refuse_in(node);
        for (const auto& [key, place, value] : node.entries())
            check_below(declared_below(infos, key), value);
    }

    void refuse_in(const Node& node) {
        for_each_reference(node, "secrets", [this](const Node& scalar, const Reference& reference) {
            diagnostics_.error(scalar.place_at(reference.offset, reference.length),
                               "exposed-secret",
                               fmt::format("'secrets.{}' would be seen here", reference.path),
                               "use secrets only in 'env' of exec stages and hooks, in 'url' and "
                               "'secret' of hooks, and in "
                               "the platform's 'token'");
        });
    }

    const OptionInfo whole_ = pipeline_info();
    const Registry& registry_;
    Diagnostics& diagnostics_;
};

}  // namespace

OptionInfo secrets_info() {
    return many_of("named", secret_type().info())
        .as("secrets", "Secret values for '${secrets.NAME}'; never written to files or messages.");
}

Secrets read_secrets(const Node& node, const OptionReader& reader) {
    Secrets secrets;
    const Node resolved = reader.resolved(node);
    if (!resolved.is_map())
        reader.diagnostics.error(node.place(), "wrong-type", "'secrets' must be a map");
    const auto type = secret_type();
    for (const auto& [name, place, value] : resolved.entries()) {
        SecretReader secret(name, reader, secrets);
        type.read(value, secret.owner(), reader, secret);
    }
    return secrets;
}

void check_secret_references(const Node& document,
                             const Registry& registry,
                             Diagnostics& diagnostics) {
    ReferenceCheck(registry, diagnostics).check(document);
}

}  // namespace trommel
