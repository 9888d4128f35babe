#pragma once

#include "platform/contract.hpp"
#include "support/temp_dir.hpp"
#include "trommel/platform/embedded.hpp"
#include "trommel/store/sqlite_store.hpp"

namespace trommel::test {

/// An embedded platform over a database that outlives it, so that it can be opened again.
class EmbeddedBench final : public PlatformBench {
public:
    EmbeddedBench(std::filesystem::path database,
                  unsigned threads = 1,
                  store::SqliteOptions options = {},
                  std::chrono::milliseconds keep_every = std::chrono::seconds(1))
        : database_(std::move(database)),
          options_(options),
          keep_every_(keep_every),
          cpu_(threads) {
        reopen();
    }
    ~EmbeddedBench() override { close(); }

    Platform& platform() override { return *platform_; }
    EmbeddedPlatform& embedded() { return *platform_; }

    void close() {
        if (platform_) wait(platform_->close());
        platform_.reset();
    }

    void reopen() {
        close();
        platform_ = std::make_unique<EmbeddedPlatform>(
            loop_.get_executor(), store::open_sqlite(database_, options_), cpu_, keep_every_);
    }

private:
    std::filesystem::path database_;
    store::SqliteOptions options_;
    std::chrono::milliseconds keep_every_;
    CpuPool cpu_;
    std::unique_ptr<EmbeddedPlatform> platform_;
};

}  // namespace trommel::test
