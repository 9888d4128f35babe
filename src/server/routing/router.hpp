// Router: finds the route of a request.
#pragma once

#include "server/routing/route.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel::server {

/// A tree of the routes' segments. Where both fit, a segment that is written out goes before one in
/// braces.
class Router {
public:
    using Parameters = std::vector<std::pair<std::string, std::string>>;

    struct Match {
        const Route* route = nullptr;        ///< null: nothing there answers this method
        Parameters parameters{};             ///< of the path
        std::vector<std::string> methods{};  ///< that are answered there; none: no such path
    };

    explicit Router(Routes routes);

    const Routes& routes() const { return routes_; }
    Match find(std::string_view method, std::span<const std::string> segments) const;

private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> words{};
        std::unique_ptr<Node> any{};
        std::vector<const Route*> routes{};
    };

    void add(const Route& route);
    static const Node* descend(const Node& node,
                               std::span<const std::string> segments,
                               std::vector<const std::string*>& values);

    Routes routes_;
    Node root_;
};

}  // namespace trommel::server
