// A client that says what it is told to, right or wrong, over a blocking socket.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace trommel::test {

class RawClient {
public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval patience{5, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::system_error(errno, std::generic_category(), "connect");
    }
    RawClient(RawClient&& other) noexcept : socket_(other.socket_) { other.socket_ = -1; }
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() {
        if (socket_ >= 0) ::close(socket_);
    }

    RawClient& say(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent < 0) break;  // the server has ended it: what it said is still to be read
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return *this;
    }

    /// Says that no more comes.
    RawClient& finish() {
        ::shutdown(socket_, SHUT_WR);
        return *this;
    }

    /// All until the server closes. `...` at the end if it did not within 5 s, `!` if it reset.
    std::string all() {
        std::string text;
        while (true) {
            char buffer[4096];
            const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
            if (count == 0) return text;
            if (count < 0) return text + (errno == EAGAIN ? "..." : "!");
            text.append(buffer, static_cast<std::size_t>(count));
        }
    }

    /// Until what was read ends with `end`.
    std::string until(std::string_view end) {
        std::string text;
        while (!text.ends_with(end)) {
            char byte = 0;
            if (::recv(socket_, &byte, 1, 0) != 1) return text + "...";
            text += byte;
        }
        return text;
    }

private:
    int socket_;
};

/// What a server answers to these bytes before it closes.
inline std::string answer_to(std::uint16_t port, std::string_view bytes) {
    RawClient client(port);
    return client.say(bytes).finish().all();
}

/// The three digits.
inline std::string status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? answer.substr(9, 3) : answer;
}

}  // namespace trommel::test
