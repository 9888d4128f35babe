// Going on after a crash: the loop as its committed rounds say, or a new one.

#include "pipeline/engine/loop/recovery.hpp"

#include "pipeline/engine/journal/lost_data.hpp"
#include "pipeline/engine/loop/commit_round.hpp"
#include "pipeline/engine/loop/prepare.hpp"

#include <algorithm>

namespace trommel {
namespace {

class Recovery {
public:
    explicit Recovery(LoopState& loop) : loop_(loop), services_(loop.services) {}

    asio::awaitable<void> run() {
        std::exception_ptr error;
        try {
            loop_.dataset =
                co_await open_dataset(loop_.pipeline, services_.platform, services_.io, loop_.run);
            co_await restore();
        } catch (const Error&) {
            error = std::current_exception();
        }
        if (error && has_begun_with_its_data()) rethrow_as_loss(error, services_.platform_name);
        if (error) std::rethrow_exception(error);
    }

private:
    /// An earlier process has found the dataset, and nothing of the run was changed since.
    bool has_begun_with_its_data() const {
        const RunHistory& past = services_.journal.past();
        const auto part = past.parts.find(loop_.part.name);
        if (part == past.parts.end() || past.changes > 0) return false;
        return part->second.rounds > 0 || part->second.running;
    }

    asio::awaitable<void> restore() {
        const auto read = [](const RoundFiles& files) { return files.read(); };
        auto rounds = co_await on_io(services_.io, read, std::cref(loop_.part.rounds));
        co_await complete_journal(rounds);
        co_await restore_states(rounds);
        if (rounds.empty()) {
            loop_.books.begin(loop_.dataset, loop_.states, kept_before(), loop_.begun);
            co_return;
        }
        loop_.history = history_of(rounds);
        loop_.closed = rounds.back().round == 0;
        loop_.round = static_cast<std::uint32_t>(rounds.size() - (loop_.closed ? 1 : 0));
        loop_.grew = rounds[loop_.round - 1].grew;
        if (loop_.end && loop_.pipeline.rounds.until)
            loop_.end->rules = held_rules(*loop_.pipeline.rounds.until, loop_.environment);
        co_await update_tables(loop_);
        for (const auto& round : rounds) co_await tell_hooks(loop_, record_of(round));
    }

    /// What the journal knows of the part; then what it does not know yet of committed rounds.
    asio::awaitable<void> complete_journal(const std::vector<CommittedRound>& rounds) {
        const auto& parts = services_.journal.past().parts;
        const std::string& name = loop_.part.name;
        PartHistory past;
        if (const auto found = parts.find(name); found != parts.end()) past = found->second;
        refuse_lost_rounds(past, rounds, loop_.part.rounds, true);
        if (past.end) loop_.end = LoopEnd{past.end->reason, {}, past.end->exhausted};
        loop_.begun = past.begun ? Clock::TimePoint(*past.begun) : services_.clock.now();
        for (const auto& round : rounds)
            if (round.round > past.rounds || (round.round == 0 && !past.closed))
                co_await services_.journal.commit_round(name, record_of(round));
    }

    asio::awaitable<void> restore_states(const std::vector<CommittedRound>& rounds) {
        std::map<std::string, TagId> committed;
        if (!rounds.empty()) committed = rounds.back().states;
        const auto is_new = [&](const StateSpec& state) { return !committed.contains(state.name); };
        co_await loop_.kept.find(loop_.dataset.dataset.id);
        if (std::ranges::any_of(loop_.pipeline.state, is_new)) {
            loop_.beginnings = co_await known_beginnings();
            loop_.states = co_await init_states(
                loop_.pipeline, services_, loop_.dataset, loop_.run, loop_.beginnings);
        }
        for (const auto& [state, id] : committed) {
            loop_.states[state] = co_await services_.platform.tag(loop_.dataset.dataset.id, id);
            refuse_other_samples(
                services_.platform_name, loop_.states[state], state, rounds.back());
        }
        if (rounds.empty()) co_return;
        refuse_other_samples(
            services_.platform_name, loop_.dataset.pool, pool_digest, rounds.back());
        co_await keep_states(loop_);
    }

    /// What earlier runs have labelled.
    BitMask kept_before() const {
        BitMask kept = loop_.part.kept;
        if (!loop_.part.beside.empty()) return kept;
        for (const auto& [state, mask] : loop_.beginnings) kept |= mask;
        return kept;
    }

    /// What states that outlive runs begin with, unless this is the first run.
    asio::awaitable<std::map<std::string, BitMask>> known_beginnings() {
        if (loop_.part.beside.empty()) co_return loop_.kept.masks();
        std::map<std::string, BitMask> beginnings;
        for (const StateSpec& state : loop_.pipeline.state) {
            if (state.tag.empty()) continue;
            auto tag = co_await services_.platform.find_tag(
                loop_.dataset.dataset.id, initial_state_name(loop_.part.beside, state.name));
            if (tag) beginnings[state.name] = std::move(tag->mask);
        }
        co_return beginnings;
    }

    LoopState& loop_;
    LoopServices& services_;
};

}  // namespace

asio::awaitable<void> recover(LoopState& loop) {
    Recovery recovery(loop);
    co_await recovery.run();
}

}  // namespace trommel
