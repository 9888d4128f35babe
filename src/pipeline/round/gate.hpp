#pragma once

#include "trommel/runtime/bell.hpp"

namespace trommel {

/// Opens once; who waits for it goes on then.
class Gate {
public:
    explicit Gate(const asio::any_io_executor& executor) : bell_(executor) {}

    void open() {
        open_ = true;
        bell_.ring();
    }

    asio::awaitable<void> passed() {
        while (!open_) co_await bell_.wait();
    }

private:
    bool open_ = false;
    Bell bell_;
};

}  // namespace trommel
