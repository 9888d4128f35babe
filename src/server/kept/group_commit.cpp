#include "server/kept/group_commit.hpp"

namespace trommel::server {

asio::awaitable<void> GroupCommit::wait() {
    const auto place = ++asked_;
    const KeyedLock::Lock lock = co_await locks_.take("sync");
    if (synced_ >= place) co_return;
    const auto covered = asked_;
    co_await sync_();
    synced_ = covered;
}

}  // namespace trommel::server
