#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "trommel/platform/wire/json.hpp"

namespace trommel::server {

namespace {

asio::awaitable<http::Response> health(Call&) { co_return json_answer(200, R"({"status":"ok"})"); }

asio::awaitable<http::Response> ping(Call&) { co_return text_answer("pong"); }

/// Not newer than the oldest client: what is older than the answer is told to upgrade.
asio::awaitable<http::Response> minimum_version(Call&) { co_return text_answer("1.1.0"); }

asio::awaitable<http::Response> latest_version(Call& call) {
    co_return text_answer(call.query("currentVersion").value_or("1.1.0"));
}

asio::awaitable<http::Response> quota(Call& call) {
    co_return text_answer(std::to_string(call.services.options.quota));
}

asio::awaitable<http::Response> users_quota(Call& call) {
    std::string json;
    ObjectText(json).add("maxDatasetSize", call.services.options.quota).end();
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> version(Call&) {
    std::string json;
    ObjectText(json).add("name", "trommel").add("version", TROMMEL_VERSION).end();
    co_return json_answer(200, std::move(json));
}

asio::awaitable<http::Response> flush(Call& call) {
    co_await call.services.platform.flush();
    co_await call.services.records.ask(&store::ServedStore::flush);
    co_return done();
}

Route get(const char* path,
          const char* id,
          const char* summary,
          schema::Schema reply,
          decltype(Route::answer) answer) {
    return {.method = "GET",
            .path = path,
            .id = id,
            .summary = summary,
            .reply = {.status = 200, .schema = std::move(reply)},
            .answer = answer};
}

Route without_token(Route route) {
    route.role = Role::none;
    return route;
}

void add_health(Routes& routes) {
    routes.push_back(without_token(get("/healthz",
                                       "getHealth",
                                       "Whether the server answers",
                                       schema::reference("Health"),
                                       health)));
    routes.push_back(
        without_token(get("/ping", "ping", "The same, for clients 1.1", schema::text(), ping)));
    routes.push_back(
        {.method = "POST",
         .path = "/v1/trommel/flush",
         .id = "trommelFlush",
         .summary = "Once answered, all that was answered before survives a power failure",
         .role = Role::write,
         .answer = flush});
}

void add_versions(Routes& routes) {
    routes.push_back(without_token(get("/v1/versions/pip/minimum",
                                       "getMinimumCompatiblePipVersion",
                                       "The oldest client that this server answers",
                                       schema::text(),
                                       minimum_version)));
    routes.push_back(
        without_token(get("/v1/versions/pip/latest",
                          "getLatestPipVersion",
                          "The client's own version: there is none that it should be upgraded to",
                          schema::text(),
                          latest_version)));
    routes.back().query = {{.name = "currentVersion", .schema = schema::text()}};
    routes.push_back(without_token(get("/v1/trommel/version",
                                       "getTrommelVersion",
                                       "That this is trommel, and which",
                                       schema::reference("TrommelVersion"),
                                       version)));
}

void add_quota(Routes& routes) {
    routes.push_back(get("/v1/quota",
                         "getQuotaMaximumDatasetSize",
                         "How many samples a dataset may have",
                         schema::text(),
                         quota));
    routes.push_back(get("/users/quota",
                         "getUsersQuota",
                         "The same, for clients 1.1.0 to 1.1.3",
                         schema::reference("UsersQuota"),
                         users_quota));
}

}  // namespace

void add_general(Routes& routes) {
    add_health(routes);
    add_versions(routes);
    add_quota(routes);
}

}  // namespace trommel::server
