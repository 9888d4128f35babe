#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/remote.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

MapType<PlatformSpec> database_type() {
    return MapType<PlatformSpec>("The embedded platform, whose database is kept.")
        .key("embedded",
             &PlatformSpec::database,
             "Database file; kept after the run.",
             {.required = true, .min = {}, .max = {}, .form = dataset::FileForm::unread});
}

MapType<RemotePlatform> remote_type() {
    OptionInfo url = info_of("url", "text").as("url", "Where it is.");
    url.required = true;
    const OptionInfo token =
        info_of("token", "text").as("token", "Token, as a secret: '${secrets.NAME}'.");
    return MapType<RemotePlatform>("A server that speaks Lightly's API.")
        .key(url,
             [url](const Node& node, const OptionReader& reader, RemotePlatform& remote) {
                 reader.read(node, url, remote.url);
                 check_url(node, remote.url, reader.diagnostics);
             })
        .key(token,
             [token](const Node& node, const OptionReader& reader, RemotePlatform& remote) {
                 reader.read(node, token, remote.token);
                 check_is_secret(node, "token", reader.diagnostics);
             })
        .secret(secret_pattern)
        .key("ca_file",
             &RemotePlatform::ca_file,
             "Certificates to trust (PEM); default: those of the system.");
}

}  // namespace

OptionInfo platform_info() {
    OptionInfo here = info_of({}, "choice");
    here.choices = {"embedded"};
    return any_of({here, database_type().info(), remote_type().info()})
        .as("platform", "Platform that stores samples, tags and scores; default: embedded.");
}

PlatformSpec read_platform(const Node& node, const OptionReader& reader) {
    PlatformSpec platform;
    const Node resolved = reader.resolved(node);
    if (resolved.is_scalar() && resolved.text() != "embedded")
        reader.diagnostics.error(
            node.place(),
            "unknown-choice",
            fmt::format("there is no platform {}", describe(resolved)),
            "write 'embedded', '{embedded: FILE}' to keep its database, or '{url: URL, token: "
            "…}' for a server");
    if (resolved.is_scalar()) return platform;
    if (resolved.find("url") != nullptr)
        remote_type().read(resolved, "the platform", reader, platform.remote.emplace());
    else
        database_type().read(resolved, "the platform", reader, platform);
    return platform;
}

}  // namespace trommel
