// Outcome: what a piece of work that ran elsewhere came to.
#pragma once

#include <asio/awaitable.hpp>

#include <cassert>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace trommel::detail {

/// Nothing yet, a value (also for `T` = void), or an exception. `T` need only be movable.
template <typename T>
class Outcome {
public:
    bool has_value() const { return value_.has_value(); }
    bool empty() const { return !value_ && !error_; }

    template <typename... Value>
    void set_value(Value&&... value) {
        value_.emplace(std::forward<Value>(value)...);
    }

    void set_error(std::exception_ptr error) { error_ = std::move(error); }

    /// Runs `work` here and now and keeps what it returns or throws.
    template <typename Work>
    void capture(Work&& work) noexcept {
        try {
            if constexpr (std::is_void_v<T>) {
                work();
                set_value();
            } else {
                set_value(work());
            }
        } catch (...) {
            set_error(std::current_exception());
        }
    }

    /// Gives the value away or rethrows; not for an empty outcome.
    T take() {
        assert(!empty());
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<T>) return std::move(*value_);
    }

private:
    using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    std::optional<Stored> value_;
    std::exception_ptr error_;
};

/// Awaits `work` and keeps its value in `outcome`, which outlives it; exceptions pass through.
template <typename T>
asio::awaitable<void> keep(asio::awaitable<T> work, Outcome<T>& outcome) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(work);
        outcome.set_value();
    } else {
        T value = co_await std::move(work);
        outcome.set_value(std::move(value));
    }
}

}  // namespace trommel::detail
