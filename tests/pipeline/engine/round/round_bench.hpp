// A round on the manual clock, with kinds of stages that fail, wait and work as their options say.
#pragma once

#include "support/effect_memory.hpp"
#include "support/run.hpp"
#include "support/temp_dir.hpp"
#include "trommel/pipeline/engine/round/round.hpp"
#include "trommel/platform/embedded.hpp"

#include <map>
#include <string>
#include <vector>

namespace trommel::test {

/// What stages of the bench have done, in order: `worker attempt 1 got 0`.
std::vector<std::string>& diary();

/// Kinds of stages:
/// - `source` sends `batches` batches of one sample each, `every` so often;
/// - `worker` reads them all and then sends them; it fails in its first `failures` attempts, after
///   `work` of working, by `error`: transient, data, platform or late, before or `after_sending`;
/// - `batchwise` does the same with each batch alone;
/// - `sink` notes what arrives.
Registry bench_stages();

class RoundBench final : public Observer {
public:
    RoundBench();
    ~RoundBench() override { time_.run(platform_->close()); }

    /// Runs one round of these stages (indented by two blanks) to its end; `head` may hold other
    /// top-level keys.
    void run(const std::string& stages, const std::string& head = {});
    /// The error that it ends with.
    std::string error_of(const std::string& stages, const std::string& head = {});

    /// Lines of the diary that begin with `words`.
    static std::vector<std::string> noted(const std::string& words);

    std::chrono::milliseconds now() const;

    std::vector<StageRetry> retries;

private:
    void stage_retries(const StageRetry& retry) override { retries.push_back(retry); }

    TempDir folder_;
    ManualTime time_;
    CpuPool cpu_{1};
    IoPool io_;
    std::unique_ptr<EmbeddedPlatform> platform_;
    OpenDataset dataset_;
    EffectMemory effects_;
};

}  // namespace trommel::test
