#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/router.hpp"
#include "server/routing/services.hpp"
#include "server/wire/models.hpp"
#include "trommel/core/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace trommel::server {

namespace {

using boost::json::array;
using boost::json::object;

object content_of(const std::string& media, const schema::Schema& schema) {
    return {{media, object{{"schema", schema}}}};
}

array parameters_of(const Route& route) {
    array parameters;
    const auto& path = route.path;
    for (auto begin = path.find('{'); begin != std::string::npos; begin = path.find('{', begin + 1))
        parameters.push_back(
            object{{"name", path.substr(begin + 1, path.find('}', begin) - begin - 1)},
                   {"in", "path"},
                   {"required", true},
                   {"schema", schema::text()}});
    for (const auto& each : route.query)
        parameters.push_back(object{{"name", each.name},
                                    {"in", "query"},
                                    {"required", each.is_required},
                                    {"schema", each.schema}});
    return parameters;
}

object reply_of(const Route& route) {
    const auto& reply = route.reply;
    object response{{"description", "As asked"}};
    if (reply.schema) {
        response["content"] = content_of("application/json", *reply.schema);
    } else if (!reply.media.empty()) {
        response["content"] = content_of(reply.media, {{"type", "string"}, {"format", "binary"}});
    }
    return response;
}

object operation_of(const Route& route) {
    const object error{
        {"description", "Refused, with the reason"},
        {"content", content_of("application/json", schema::reference("ApiErrorResponse"))}};
    object operation{
        {"operationId", route.id},
        {"summary", route.summary},
        {"parameters", parameters_of(route)},
        {"responses",
         object{{std::to_string(route.reply.status), reply_of(route)}, {"default", error}}}};
    if (route.request)
        operation["requestBody"] =
            object{{"content", content_of("application/json", *route.request)}, {"required", true}};
    if (route.role == Role::none) operation["security"] = array{};
    operation["x-role"] = to_string(route.role);
    return operation;
}

object paths_of(const Routes& routes) {
    object paths;
    for (const auto& route : routes) {
        std::string method = route.method;
        std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        if (!paths.contains(route.path)) paths[route.path] = object();
        paths[route.path].as_object()[method] = operation_of(route);
    }
    return paths;
}

object document_of(const Routes& routes) {
    object schemas;
    for (const auto& [name, schema] : models()) schemas[name] = schema;
    return {
        {"openapi", "3.0.3"},
        {"info",
         object{{"title", "trommel"},
                {"version", TROMMEL_VERSION},
                {"description",
                 "Datasets, tags, embeddings, scores and selections: the calls of Lightly's v1 API "
                 "that its clients from 1.1 to 1.5 make, and under /v1/trommel what they lack"}}},
        {"security", array{object{{"token", array{}}}, object{{"bearer", array{}}}}},
        {"paths", paths_of(routes)},
        {"components",
         object{{"schemas", std::move(schemas)},
                {"securitySchemes",
                 object{{"token", object{{"type", "apiKey"}, {"in", "query"}, {"name", "token"}}},
                        {"bearer", object{{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

asio::awaitable<http::Response> get_document(Call& call) {
    co_return json_answer(200, json_text(document_of(call.services.router.routes())));
}

}  // namespace

void add_openapi(Routes& routes) {
    routes.push_back({.method = "GET",
                      .path = "/openapi.json",
                      .id = "getOpenapi",
                      .summary = "This description",
                      .role = Role::none,
                      .reply = {200, schema::anything()},
                      .answer = get_document});
}

}  // namespace trommel::server
