// How the platform calls its store: on the store's thread, or on that of a view which only reads.
#pragma once

#include "trommel/platform/embedded.hpp"
#include "trommel/platform/platform_full.hpp"
#include "trommel/store/store_full.hpp"

#include <functional>
#include <type_traits>
#include <utility>

namespace trommel {

namespace embedded {

using store::Store;

inline PlatformError::Reason to_reason(store::StoreError::Reason reason) {
    using From = store::StoreError::Reason;
    switch (reason) {
        case From::not_found:
            return PlatformError::Reason::not_found;
        case From::exists:
            return PlatformError::Reason::exists;
        case From::invalid:
            return PlatformError::Reason::invalid;
        case From::unavailable:
            return PlatformError::Reason::unavailable;
        case From::unusable:
            break;
    }
    return PlatformError::Reason::unusable;
}

template <typename Work, typename... Args>
auto call(Work work, Store* store, Args... args) -> std::invoke_result_t<Work, Store&, Args...> {
    try {
        return std::invoke(work, *store, std::move(args)...);
    } catch (const store::StoreFullError& error) {
        throw PlatformFullError(error.what());
    } catch (const store::StoreError& error) {
        throw PlatformError(to_reason(error.reason()), error.what());
    }
}

template <typename Work, typename... Args>
auto call_reader(Work work, Store* reader, Args... args)
    -> std::invoke_result_t<Work, Store&, Args...> {
    try {
        const store::Snapshot snapshot(*reader);
        return std::invoke(work, *reader, std::move(args)...);
    } catch (const store::StoreFullError& error) {
        throw PlatformFullError(error.what());
    } catch (const store::StoreError& error) {
        throw PlatformError(to_reason(error.reason()), error.what());
    }
}

}  // namespace embedded

template <typename Work, typename... Args>
auto EmbeddedPlatform::in_store(Work work, Args... args) {
    check_open();
    return on_io(
        store_thread_, embedded::call<Work, Args...>, work, store_.get(), std::move(args)...);
}

template <typename Work, typename... Args>
auto EmbeddedPlatform::in(Reader& reader, Work work, Args... args) {
    check_open();
    return on_io(reader.thread,
                 embedded::call_reader<Work, Args...>,
                 work,
                 reader.store.get(),
                 std::move(args)...);
}

}  // namespace trommel
