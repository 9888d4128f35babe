// Answers on their way out: how a body is framed, packed and written.
#pragma once

#include "http/memory.hpp"
#include "http/wire.hpp"
#include "trommel/http/message.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace trommel::http {

/// A response with the first piece of its body, which exists before the head goes out: what fails
/// before there is anything to send still gets a status of its own.
class Answer {
public:
    Answer(Response made, bool with_body);

    /// Whether `first` is still to be read from the response's body.
    bool is_to_begin() const { return to_begin_; }

    Response response;
    std::string first{};
    std::optional<std::uint64_t> length;  ///< none: not known before its end

private:
    bool to_begin_;
};

/// The date of this second as HTTP writes it, made once a second.
class DateText {
public:
    const std::string& now();

private:
    std::time_t time_ = -1;
    std::string text_;
};

/// Packs a body of text and of some size for a client that takes gzip, if there is memory for it;
/// tells caches that it matters.
void pack(Response& response, bool takes_gzip, Memory::Share& share);

/// Whether a response may have a body at all (RFC 9112, section 6.3).
bool has_body(unsigned status, bool is_head);

/// Writes answers to a connection.
class AnswerWriter {
public:
    struct Frame {
        bool with_body = true;
        bool is_1_1 = true;  ///< knows chunks; else a body of unknown length ends the connection
        bool keep_alive = true;
    };

    /// Both outlive it.
    AnswerWriter(Wire& wire, DateText& date, WaitBudget::Duration limit)
        : wire_(wire), date_(date), limit_(limit) {}

    /// Throws what the body's source throws, and Error if its bytes are not as many as it said: the
    /// connection has then to be cut off, so that the client can tell.
    asio::awaitable<void> write(Answer answer, Frame frame);

private:
    void begin_head(const Answer& answer, Frame frame);

    Wire& wire_;
    DateText& date_;
    WaitBudget::Duration limit_;
    std::string head_;
};

}  // namespace trommel::http
