#pragma once

#include "trommel/runtime/event.hpp"

namespace trommel {

/// Opens once; who waits for it goes on then.
class Gate {
public:
    explicit Gate(const asio::any_io_executor& executor) : event_(executor) {}

    void open() {
        open_ = true;
        event_.set();
    }

    asio::awaitable<void> passed() {
        while (!open_) co_await event_.wait();
    }

private:
    bool open_ = false;
    Event event_;
};

}  // namespace trommel
