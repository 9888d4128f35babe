#pragma once

#include "pipeline/engine/hooks/webhooks.hpp"
#include "pipeline/engine/journal/journal.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/engine/history/observer.hpp"
#include "trommel/runtime/clock.hpp"

#include <asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace trommel {

/// A hook failed that has `on_error: fail`.
class HookError : public Error {
    using Error::Error;
};

/// Tells a run's hooks what happens: programs one after the other, waiting for them; webhooks
/// beside the run.
///
/// A hook gets one JSON object, a program on its standard input, and TROMMEL_EVENT,
/// TROMMEL_PIPELINE, TROMMEL_RUN, TROMMEL_RUN_DIR and TROMMEL_ROUND, the rounds that are finished,
/// in its environment. What it has been told appears in the journal, so that a run which goes on
/// after a stop does not tell it again; if the run was cut off while a hook was told, it is told
/// once more with the same `key`.
///
/// A hook that fails, is not there or does not end in time is a warning; of a program it may be a
/// HookError that is thrown.
class Hooks {
public:
    /// All that is given by reference outlives it.
    Hooks(const asio::any_io_executor& executor,
          const Pipeline& pipeline,
          std::string run,
          std::filesystem::path directory,
          Journal& journal,
          Clock& clock,
          Observer& observer);

    asio::awaitable<void> run_started();
    asio::awaitable<void> round_finished(RoundRecord round);
    asio::awaitable<void> run_finished(std::string reason, std::size_t rounds);
    /// Tells it every time, and only ever warns: the run has failed already.
    asio::awaitable<void> run_failed(std::string error);

    /// Waits for webhooks, no longer than their timeout, or leaves what they were not told to the
    /// process that goes on with the run. To be called once, last, whatever has happened.
    asio::awaitable<void> finish();
    asio::awaitable<void> abandon();

private:
    struct News {
        HookEvent event = HookEvent::run_started;
        std::uint32_t round = 0;  ///< 0: it is of no round
        boost::json::object facts{};
    };

    asio::awaitable<void> tell(News news);
    asio::awaitable<void> tell_one(const HookSpec& hook, const News& news);
    void post(const HookSpec& hook, News news);
    asio::awaitable<void> settle(const HookSpec& hook,
                                 const News& news,
                                 const std::string& failure);
    /// What went wrong; empty if nothing did.
    asio::awaitable<std::string> run_hook(const HookSpec& hook, const News& news);
    void report(const HookSpec& hook, const News& news, const std::string& failure);

    std::string key_of(const HookSpec& hook, const News& news) const;
    std::string input_of(const HookSpec& hook, const News& news) const;
    EnvironmentVariables environment_of(const HookSpec& hook, const News& news) const;

    const Pipeline& pipeline_;
    std::string run_;
    std::filesystem::path directory_;  ///< of the run
    Journal& journal_;
    Clock& clock_;
    Observer& observer_;
    Webhooks webhooks_;
    std::uint32_t finished_ = 0;  ///< rounds
};

}  // namespace trommel
