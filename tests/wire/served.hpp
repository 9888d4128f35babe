// A server in a process of its own, which can be killed.
#pragma once

#include "support/child.hpp"
#include "support/shell.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trommel::test {

/// A server on a port that stays the same when it is killed and started again.
class Served {
public:
    explicit Served(const std::filesystem::path& folder) : folder_(folder) { start(); }

    void start() {
        child_ = std::make_unique<Child>(
            std::vector<std::string>{TROMMEL_SERVING, folder_.string(), port_});
        port_ = child_->line().value_or("no port");
    }
    void kill() { child_->kill(); }

    std::string url() const { return "http://127.0.0.1:" + port_; }
    std::string ask(const std::string& sql) const {
        return shell("sqlite3 '" + (folder_ / "platform.db").string() + "' '" + sql + "'").output;
    }

private:
    std::filesystem::path folder_;
    std::string port_ = "0";
    std::unique_ptr<Child> child_;
};

}  // namespace trommel::test
