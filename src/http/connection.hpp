// Connection: one client of a server, its requests answered one after another.
#pragma once

#include "http/answer.hpp"
#include "http/connection_slots.hpp"
#include "http/deadlines.hpp"
#include "http/memory.hpp"
#include "http/parser.hpp"
#include "http/wire.hpp"
#include "trommel/http/server.hpp"

#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace trommel::http {

/// What the connections of a server share; outlives them.
struct Site {
    const ServerOptions& options;
    Handler& handler;
    Deadlines deadlines;
    ConnectionSlots slots;
    Memory memory;
    DateText date{};
    bool draining = false;
};

class Connection final : private ConnectionSlots::Holder {
public:
    /// Where it comes from.
    struct Origin {
        std::string peer{};     ///< the client's IP address
        std::string network{};  ///< whose connections are counted with it; empty: not counted
    };

    Connection(std::unique_ptr<Transport> transport, Origin origin, Site& site);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() override = default;

    /// Until either side ends it. Throws nothing: what happens to one client is its own affair.
    asio::awaitable<void> serve();

    /// Ends the wait for a request, if it waits for one.
    void stop_idling();

private:
    class RequestBody;

    void leave() override { wire_.stop(); }
    asio::awaitable<void> answer_all();
    asio::awaitable<bool> wait_for_request();
    /// Reads a request and answers it; whether another may follow.
    asio::awaitable<bool> exchange();
    asio::awaitable<Answer> answer();
    asio::awaitable<Answer> ask_handler();
    /// Tries with what is there.
    void begin_head();
    asio::awaitable<void> read_head();
    void check_head();
    Request make_request();
    asio::awaitable<std::string> next_piece();
    asio::awaitable<void> find_piece(std::string& piece);
    void count(std::size_t bytes);
    void keep(std::size_t bytes);
    void hold(const Body& body);
    asio::awaitable<bool> skip_rest();
    Answer refusal(unsigned status, const std::string& reason);

    const ServerLimits& limits() const { return site_.options.limits; }

    Site& site_;
    std::string peer_;
    Wire wire_;
    Parser parser_;
    ConnectionSlots::Slot slot_;
    Memory::Share share_;
    AnswerWriter writer_;
    WaitBudget body_patience_{WaitBudget::Duration::zero()};
    std::uint64_t body_bytes_ = 0;  ///< that have been read
    bool is_head_ = false;          ///< a HEAD request
    bool awaits_continue_ = false;  ///< the client holds the body back until it is told to go on
    bool broken_ = false;           ///< where the next request begins is not known
    bool idle_ = false;
};

}  // namespace trommel::http
