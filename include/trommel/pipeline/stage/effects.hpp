// Effects: what a stage does to the world outside its run, and must not do twice because the run
// was cut off and taken up again: a job that is started, scores that are uploaded.
#pragma once

#include <asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace trommel {

/// Where effects are written down, so that the next process of the run knows of them.
class EffectLog {
public:
    EffectLog() = default;
    EffectLog(const EffectLog&) = delete;
    EffectLog& operator=(const EffectLog&) = delete;
    virtual ~EffectLog() = default;

    /// What the effect of this key came to, if an earlier attempt at its round has finished it.
    virtual std::optional<std::string> find(const std::string& key) const = 0;
    virtual asio::awaitable<void> begun(std::string key) = 0;
    virtual asio::awaitable<void> done(std::string key, std::string result) = 0;
    /// How often the run went on with changes that were accepted.
    virtual std::size_t changes() const { return 0; }
};

/// What an effect came to.
struct EffectResult {
    std::string text{};
    bool earlier = false;  ///< an earlier attempt at the round has had it
};

/// The effects of one stage in one round. Cheap to copy; the log outlives it.
class Effects {
public:
    /// Does it and returns what is to be remembered of it, such as a job's id. `key` is the same
    /// whenever the run tries it: give it to whoever can recognise a repeated request.
    using Act = std::function<asio::awaitable<std::string>(std::string key)>;

    /// Whether the world outside has what an earlier attempt has remembered as `result`.
    using IsThere = std::function<asio::awaitable<bool>(std::string result)>;

    /// Keys begin with `scope`: `digits-1/main/3`.
    Effects(EffectLog& log, std::string scope) : log_(&log), scope_(std::move(scope)) {}

    /// Those of a part of this scope.
    Effects within(const std::string& part) const { return {*log_, scope_ + '/' + part}; }

    /// Does `act` unless an earlier attempt at this round has finished it; then its result is
    /// returned. Before `act` runs, its key is in the journal, and before this returns, so is its
    /// result; both survive the death of the process. What was begun and not finished is done again
    /// with the same key.
    ///
    /// A power failure may take the note, and then the key finds what was done; or, where the
    /// platform is on this machine, what was done and not the note: so an earlier result counts
    /// only if `is_there` finds what it is about, and what it does not find is done again.
    ///
    /// `name` tells the stage's effects of one round apart: `job`. `act` and `is_there` may be
    /// lambdas with captures; name them before the co_await statement.
    ///
    /// After changes of the run were accepted, nothing that was done or begun before them is taken
    /// for what is to be done now: a job of other options, or scores of another model.
    asio::awaitable<EffectResult> once(std::string name, Act act, IsThere is_there) const;

    /// The name of something that the stage makes in this round, told apart from what it made under
    /// that name before changes were accepted: `digits-1 sample 3 @1`.
    std::string marked(std::string name) const;

private:
    EffectLog* log_;
    std::string scope_;
};

}  // namespace trommel
