// Writes of a million rows, in parts of some ten milliseconds, between which other writes come.
#include "platform/embedded/catalog.hpp"
#include "platform/embedded/store_calls.hpp"
#include "trommel/runtime/cancellation.hpp"

#include <algorithm>
#include <span>

namespace trommel {

namespace {

using Names = std::shared_ptr<const std::vector<std::string>>;
using SharedStaging = std::shared_ptr<store::Staging>;

constexpr std::size_t names_a_part = 8192;

SharedStaging begin_staging(store::Store& store, const DatasetId& dataset) {
    return std::make_shared<store::Staging>(store.begin_samples(dataset));
}

bool drop_staged(store::Store& store, const SharedStaging& staging) {
    return store.drop_staged(*staging);
}

void stage_part(store::Store& store,
                const SharedStaging& staging,
                const Names& names,
                std::size_t first) {
    const auto rest = std::span(*names).subspan(first);
    store.stage_samples(*staging, rest.first(std::min(names_a_part, rest.size())));
}

/// Takes the names, so that a million strings are let go of here, and not on the loop.
void publish_staged(store::Store& store, const SharedStaging& staging, Names) {
    store.publish_samples(*staging);
}

}  // namespace

void EmbeddedPlatform::check_open() const {
    if (closed_)
        throw PlatformError(PlatformError::Reason::unavailable,
                            "the platform is closed; open it again");
}

asio::awaitable<void> EmbeddedPlatform::add_samples(DatasetId dataset,
                                                    std::vector<std::string> names) {
    const KeyedLock::Lock lock = co_await adding_.take(dataset.text());
    if (names.size() <= names_a_part) {
        co_await in_store(embedded::add_samples, std::move(dataset), std::move(names));
        co_return;
    }
    Names all = std::make_shared<const std::vector<std::string>>(std::move(names));
    co_await add_many_samples(std::move(dataset), std::move(all));
}

asio::awaitable<void> EmbeddedPlatform::add_many_samples(DatasetId dataset, Names names) {
    co_await in(bulk_, embedded::check_samples, dataset, names);
    const SharedStaging staging = co_await in_store(begin_staging, dataset);
    co_await drop_all_staged(staging);
    std::exception_ptr failure;
    try {
        const std::size_t count = names->size();
        for (std::size_t first = 0; first < count; first += names_a_part)
            co_await in_store(stage_part, staging, names, first);
        co_await in_store(publish_staged, staging, std::move(names));
    } catch (const PlatformError&) {
        failure = std::current_exception();
    }
    if (!failure) co_return;
    try {
        co_await drop_all_staged(staging);
    } catch (const PlatformError&) {
        // Who adds the next samples drops the rest.
    }
    std::rethrow_exception(failure);
}

asio::awaitable<void> EmbeddedPlatform::drop_all_staged(SharedStaging staging) {
    bool is_more = true;
    while (is_more) is_more = co_await in_store(drop_staged, staging);
}

void EmbeddedPlatform::start_removing() {
    if (is_removing_) return;
    is_removing_ = true;
    jobs_.start(remove_deleted());
}

asio::awaitable<void> EmbeddedPlatform::remove_deleted() {
    try {
        bool is_more = true;
        while (is_more) is_more = co_await in_store(&store::Store::remove_some);
    } catch (const PlatformError&) {
        // The store is locked or full. The next deletion, or who opens the store next, goes on.
    }
    is_removing_ = false;
}

}  // namespace trommel
