#include "server/routing/router.hpp"

#include "server/routing/target.hpp"

namespace trommel::server {

namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

/// The names in braces of a path, in order.
std::vector<std::string> names_in(std::string_view path) {
    std::vector<std::string> names;
    for (auto begin = path.find('{'); begin != std::string_view::npos;
         begin = path.find('{', begin + 1))
        names.emplace_back(path.substr(begin + 1, path.find('}', begin) - begin - 1));
    return names;
}

}  // namespace

Router::Router(Routes routes) : routes_(std::move(routes)) {
    for (const auto& route : routes_) add(route);
}

void Router::add(const Route& route) {
    Node* node = &root_;
    const Target target(route.path);
    for (const auto& segment : target.segments()) {
        auto& next = is_parameter(segment) ? node->any : node->words[segment];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
    }
    node->routes.push_back(&route);
}

const Router::Node* Router::descend(const Node& node,
                                    std::span<const std::string> segments,
                                    std::vector<const std::string*>& values) {
    if (segments.empty()) return node.routes.empty() ? nullptr : &node;
    if (const auto word = node.words.find(segments.front()); word != node.words.end())
        if (const auto* found = descend(*word->second, segments.subspan(1), values)) return found;
    if (!node.any) return nullptr;
    values.push_back(&segments.front());
    if (const auto* found = descend(*node.any, segments.subspan(1), values)) return found;
    values.pop_back();
    return nullptr;
}

Router::Match Router::find(std::string_view method, std::span<const std::string> segments) const {
    Match match;
    std::vector<const std::string*> values;
    const auto* node = descend(root_, segments, values);
    if (node == nullptr) return match;
    for (const auto* route : node->routes) {
        match.methods.push_back(route->method);
        if (route->method == method) match.route = route;
    }
    if (match.route == nullptr) return match;
    const auto names = names_in(match.route->path);
    for (std::size_t i = 0; i < names.size(); ++i)
        match.parameters.emplace_back(names[i], *values[i]);
    return match;
}

bool changes(const Route& route) {
    return route.method == "GET" ? route.role == Role::write : route.role != Role::read;
}

}  // namespace trommel::server
