// A server that answers what it was told, right or wrong, and notes what it was asked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace trommel::test {

class CannedServer {
public:
    /// One answer for each connection, after the first bytes came; then it closes.
    explicit CannedServer(std::vector<std::string> answers)
        : answers_(std::move(answers)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(listener_, 16);
        socklen_t size = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    CannedServer(const CannedServer&) = delete;
    CannedServer& operator=(const CannedServer&) = delete;
    ~CannedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

    /// What came first on each connection; after all answers were fetched.
    const std::vector<std::string>& asked() const { return asked_; }

private:
    void serve() {
        for (const auto& answer : answers_) {
            const int client = ::accept(listener_, nullptr, nullptr);
            if (client < 0) return;
            char buffer[65536];
            const auto count = ::recv(client, buffer, sizeof buffer, 0);
            asked_.emplace_back(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
            ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
            ::shutdown(client, SHUT_WR);
            while (::recv(client, buffer, sizeof buffer, 0) > 0) continue;
            ::close(client);
        }
    }

    std::vector<std::string> answers_;
    std::vector<std::string> asked_;
    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace trommel::test
