#include "pipeline/definition/reader/scopes.hpp"

#include <cstdlib>

namespace trommel {
namespace {

Node text(std::string value) {
    return Node::scalar({}, std::move(value), Node::Form::quoted).as_final();
}

ScopeRoot params_root(const std::map<std::string, Node>& params) {
    std::vector<NodeEntry> entries;
    for (const auto& [name, value] : params) entries.push_back({name, {}, value});
    return scope_root_of(Node::map({}, std::move(entries)));
}

/// A root without paths: `${round}`.
ScopeRoot single_root(Found value) {
    const auto find = [value](std::string_view path) { return path.empty() ? value : Found{}; };
    return {.find = find, .names = {}};
}

/// Appears in for secrets where their values are of no concern.
ScopeRoot masked_root(const Secrets& secrets) {
    std::vector<NodeEntry> entries;
    for (const auto& name : secrets.names()) entries.push_back({name, {}, text("***").as_secret()});
    return scope_root_of(Node::map({}, std::move(entries)));
}

Scope base_scope(const std::map<std::string, Node>& params) {
    Scope scope;
    scope.set("env", environment_root());
    scope.set("params", params_root(params));
    scope.set("matrix", params_root(params));  // see check_matrix_references
    return scope;
}

}  // namespace

ScopeRoot environment_root() {
    const auto find = [](std::string_view name) -> Found {
        const char* value = std::getenv(std::string(name).c_str());
        if (value == nullptr) return {};
        return Node::scalar({}, value).as_final();
    };
    return {.find = find, .names = {}};
}

ScopeRoot secrets_root(const Secrets& secrets) {
    std::vector<NodeEntry> entries;
    for (const auto& [name, value] : secrets.values())
        entries.push_back({name, {}, text(value).as_secret()});
    return scope_root_of(Node::map({}, std::move(entries)));
}

Scope scope_of(const std::map<std::string, Node>& params,
               const RoundValues& values,
               const Secrets& secrets) {
    Scope scope = base_scope(params);
    scope.set("secrets", masked_root(secrets));
    std::vector<NodeEntry> states;
    for (const auto& [name, tag] : values.state) states.push_back({name, {}, text(tag)});
    scope.set("state", scope_root_of(Node::map({}, std::move(states))));
    scope.set("round", single_root(Node::scalar({}, std::to_string(values.round)).as_final()));
    scope.set("run", scope_root_of(Node::map({}, {{"id", {}, text(values.run)}})));
    return scope;
}

Scope deferred_scope_of(const std::map<std::string, Node>& params,
                        const std::vector<StateSpec>& state,
                        const Secrets& secrets) {
    Scope scope = base_scope(params);
    scope.set("secrets", deferred_root(secrets.names()));
    std::vector<std::string> names;
    for (const auto& one : state) names.push_back(one.name);
    scope.set("state", deferred_root(names));
    scope.set("round", single_root(Deferred{}));
    scope.set("run", deferred_root({"id"}));
    return scope;
}

RoundValues example_values(const std::vector<StateSpec>& state) {
    RoundValues values;
    values.run = "run";
    for (const auto& one : state) values.state[one.name] = one.name;
    return values;
}

}  // namespace trommel
