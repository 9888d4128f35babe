// Records: the server's own store, on a thread of its own; another reads beside it.
#pragma once

#include "trommel/runtime/io_pool.hpp"
#include "trommel/store/served_store.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace trommel::server {

class Records {
public:
    explicit Records(std::unique_ptr<store::ServedStore> store)
        : store_(std::move(store)), reader_(store_->reader()) {}

    /// `co_await records.ask(&ServedStore::documents, filter)`: `work(store, args...)` there, and
    /// its result here. Throws StoreError.
    template <typename Work, typename... Args>
    auto ask(Work work, Args... args) {
        return on_io(thread_, call<Work, Args...>, work, store_.get(), std::move(args)...);
    }

    /// The same for work that only reads: it waits for no writing.
    template <typename Work, typename... Args>
    auto look(Work work, Args... args) {
        return on_io(reading_, call<Work, Args...>, work, reader_.get(), std::move(args)...);
    }

    /// For the time before the server answers anything.
    store::ServedStore& store() { return *store_; }

private:
    template <typename Work, typename... Args>
    static auto call(Work work, store::ServedStore* store, Args... args)
        -> std::invoke_result_t<Work, store::ServedStore&, Args...> {
        return std::invoke(work, *store, std::move(args)...);
    }

    std::unique_ptr<store::ServedStore> store_;
    std::unique_ptr<store::ServedStore> reader_;
    IoPool thread_{1};
    IoPool reading_{1};
};

}  // namespace trommel::server
