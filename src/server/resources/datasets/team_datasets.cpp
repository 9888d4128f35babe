#include "server/resources/datasets/team_datasets.hpp"

#include "trommel/platform/naming.hpp"

#include <utility>

namespace trommel::server {

namespace {

using store::Document;
using store::ServedStore;

Document begun(std::string name, std::string team) {
    const auto time = now();
    return {.id = new_id(),
            .kind = begun_kind,
            .dataset = {},
            .owner = {},
            .key = std::move(name),
            .body = std::move(team),
            .created_at = time,
            .changed_at = time};
}

asio::awaitable<void> give_to_team(Services& services, DatasetId dataset, std::string team) {
    services.teams.note(dataset, team);
    co_await services.records.ask(keep_team, dataset, team, now());
}

asio::awaitable<void> forget_begun(Services& services, std::string id) {
    const std::string kind = begun_kind;
    co_await services.records.ask(&ServedStore::delete_document, kind, std::move(id));
}

/// One that was there before is another's.
asio::awaitable<void> finish(Services& services, Document document) {
    auto dataset = co_await services.platform.find_dataset(document.key);
    const bool is_its = dataset && dataset->created_at >= document.created_at &&
                        !services.teams.has_team(dataset->id);
    if (is_its) co_await give_to_team(services, dataset->id, document.body);
    co_await forget_begun(services, document.id);
}

}  // namespace

asio::awaitable<DatasetId> create_for_team(Services& services, std::string name, std::string team) {
    const std::string note =
        co_await services.records.ask(&ServedStore::put_document, begun(name, team));
    std::exception_ptr failure;
    DatasetId id;
    try {
        id = co_await services.platform.create_dataset(std::move(name));
        co_await give_to_team(services, id, std::move(team));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await forget_begun(services, note);
    if (failure) std::rethrow_exception(failure);
    co_return id;
}

asio::awaitable<void> finish_begun(Services& services) {
    if (services.teams.begun().empty()) co_return;
    const auto lock = co_await services.locks.take(begun_kind);
    while (!services.teams.begun().empty()) {
        Document document = services.teams.begun().back();
        co_await finish(services, std::move(document));
        services.teams.begun().pop_back();
    }
}

}  // namespace trommel::server
