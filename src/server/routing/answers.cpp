#include "server/routing/answers.hpp"

#include "trommel/core/json_text.hpp"
#include "trommel/platform/wire/tables.hpp"

#include <memory>
#include <utility>

namespace trommel::server {

namespace {

http::Response of(unsigned status, std::string media, http::Body body) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", std::move(media));
    response.body = std::move(body);
    return response;
}

}  // namespace

http::Response json_answer(unsigned status, std::string json) {
    return of(status, "application/json", http::Body(std::move(json)));
}

http::Response rows_answer(std::size_t count, WriteRow write, Frame frame, std::size_t held) {
    auto source = std::make_unique<RowsSource>(count, std::move(write), std::move(frame), held);
    return of(200, "application/json", http::Body(std::move(source)));
}

http::Response created(std::string_view id) {
    return json_answer(201, wire::to_json(wire::Created{wire::AnyId(std::string(id))}));
}

http::Response text_answer(std::string_view text) { return json_answer(200, json_string(text)); }

http::Response plain_answer(std::string text) {
    return of(200, "text/plain; charset=utf-8", http::Body(std::move(text)));
}

http::Response done(unsigned status) {
    http::Response response;
    response.status = status;
    return response;
}

http::Response error_answer(unsigned status, std::string_view code, std::string_view error) {
    std::string json;
    ObjectText(json).add("code", code).add("error", error).end();
    return json_answer(status, std::move(json));
}

}  // namespace trommel::server
