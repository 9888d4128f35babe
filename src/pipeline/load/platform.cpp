#include "pipeline/load/remote.hpp"
#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

RemotePlatform read_remote(const Node& url, Section& section, const LoadContext& load) {
    RemotePlatform remote;
    load.reader.read(url, info_of("url", "text"), remote.url);
    check_url(url, remote.url, load.diagnostics());
    if (const Node* token = section.find("token")) {
        load.reader.read(*token, info_of("token", "text"), remote.token);
        check_is_secret(*token, "token", load.diagnostics());
    }
    if (const Node* file = section.find("ca_file"))
        load.reader.read(*file, path_info("ca_file", dataset::FileForm::any), remote.ca_file);
    return remote;
}

}  // namespace

PlatformSpec read_platform(const Node& node, const LoadContext& load) {
    PlatformSpec platform;
    const Node resolved = load.resolved(node);
    if (resolved.is_scalar()) {
        if (resolved.text() != "embedded")
            load.diagnostics().error(
                node.place(),
                "unknown-choice",
                fmt::format("there is no platform {}", describe(resolved)),
                "write 'embedded', '{embedded: FILE}' to keep its database, or '{url: URL, token: "
                "…}' for a server");
        return platform;
    }
    Section section(resolved, "the platform", load.diagnostics());
    if (const Node* url = section.find("url"))
        platform.remote = read_remote(*url, section, load);
    else if (const Node* file = section.need("embedded"))
        load.reader.read(
            *file, path_info("embedded", dataset::FileForm::unread), platform.database.emplace());
    section.refuse_others();
    return platform;
}

}  // namespace trommel
