#include "pipeline/loop.hpp"

#include "pipeline/hooks/hooks.hpp"
#include "pipeline/kept_states.hpp"
#include "pipeline/lost_data.hpp"
#include "pipeline/prepare.hpp"
#include "pipeline/stop/bookkeeping.hpp"
#include "pipeline/stop/run_environment.hpp"
#include "trommel/pipeline/round.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/nursery.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

using SteadyClock = std::chrono::steady_clock;

RoundRecord record_of(const CommittedRound& round) {
    RoundRecord record;
    record.round = round.round;
    if (round.picks) record.chosen = round.picks->picks.size();
    if (!round.measurement) return record;
    record.labels = round.measurement->labels;
    record.values = round.measurement->values;
    return record;
}

/// One loop over a pipeline's rounds.
class Loop {
public:
    Loop(const Pipeline& pipeline,
         std::string run,
         LoopServices& services,
         Part& part,
         History& history)
        : pipeline_(pipeline),
          run_(std::move(run)),
          services_(services),
          part_(part),
          history_(history),
          kept_(pipeline, services.platform),
          environment_(pipeline, history, states_, services.clock, round_),
          books_(pipeline, history, services.observer) {}

    asio::awaitable<LoopEnd> run() {
        services_.observer.loop_started(run_);
        co_await services_.journal.begin_part(part_.name, run_);
        co_await find_data();
        if (round_ > 0 && !end_) end_ = find_end();
        while (!end_) {
            const auto holds = [this](const Expression& when) {
                return evaluate(when, environment_);
            };
            ++round_;
            auto stages = stages_of_round(pipeline_, holds);
            co_await run_one(std::move(stages), round_);
            end_ = find_end();
        }
        co_await close();
        services_.observer.loop_ended(run_, end_->reason);
        co_return *end_;
    }

private:
    asio::awaitable<void> find_data() {
        std::exception_ptr error;
        try {
            dataset_ = co_await open_dataset(pipeline_, services_.platform, services_.io, run_);
            co_await take_up();
        } catch (const Error&) {
            error = std::current_exception();
        }
        if (error && goes_on_with_its_data()) rethrow_as_loss(error, services_.platform_name);
        if (error) std::rethrow_exception(error);
    }

    /// An earlier process has found the dataset, and nothing of the run was changed since.
    bool goes_on_with_its_data() const {
        const RunHistory& past = services_.journal.past();
        const auto part = past.parts.find(part_.name);
        if (part == past.parts.end() || past.changes > 0) return false;
        return part->second.rounds > 0 || part->second.running;
    }

    /// Goes on after the last round that counts, or begins.
    asio::awaitable<void> take_up() {
        const auto read = [](const RoundFiles& files) { return files.read(); };
        auto rounds = co_await on_io(services_.io, read, std::cref(part_.rounds));
        co_await note_past(rounds);
        co_await take_up_states(rounds);
        if (rounds.empty()) {
            books_.begin(dataset_, states_, kept_before(), begun_);
            co_return;
        }
        history_ = history_of(rounds);
        closed_ = rounds.back().round == 0;
        round_ = static_cast<std::uint32_t>(rounds.size() - (closed_ ? 1 : 0));
        grew_ = rounds[round_ - 1].grew;
        if (end_ && pipeline_.rounds.until)
            end_->rules = held_rules(*pipeline_.rounds.until, environment_);
        co_await update_tables();
        for (const auto& round : rounds) co_await tell_hooks(record_of(round));
    }

    asio::awaitable<void> tell_hooks(RoundRecord round) const {
        if (services_.hooks == nullptr || round.round == 0) co_return;
        co_await services_.hooks->round_finished(std::move(round));
    }

    asio::awaitable<void> take_up_states(const std::vector<CommittedRound>& rounds) {
        std::map<std::string, TagId> kept;
        if (!rounds.empty()) kept = rounds.back().states;
        const auto is_new = [&](const StateSpec& state) { return !kept.contains(state.name); };
        co_await kept_.find(dataset_.dataset.id);
        if (std::ranges::any_of(pipeline_.state, is_new)) {
            beginnings_ = co_await known_beginnings();
            states_ = co_await init_states(pipeline_, services_, dataset_, run_, beginnings_);
        }
        for (const auto& [state, id] : kept) {
            states_[state] = co_await services_.platform.tag(dataset_.dataset.id, id);
            refuse_other_samples(services_.platform_name, states_[state], state, rounds.back());
        }
        if (rounds.empty()) co_return;
        refuse_other_samples(services_.platform_name, dataset_.pool, pool_digest, rounds.back());
        co_await keep_states();
    }

    /// What earlier runs have labelled.
    BitMask kept_before() const {
        BitMask kept = part_.kept;
        if (!part_.beside.empty()) return kept;
        for (const auto& [state, mask] : beginnings_) kept |= mask;
        return kept;
    }

    /// What states that outlive runs begin with, unless this is the first run.
    asio::awaitable<std::map<std::string, BitMask>> known_beginnings() {
        if (part_.beside.empty()) co_return kept_.masks();
        std::map<std::string, BitMask> beginnings;
        for (const StateSpec& state : pipeline_.state) {
            if (state.tag.empty()) continue;
            auto tag = co_await services_.platform.find_tag(
                dataset_.dataset.id, initial_state_name(part_.beside, state.name));
            if (tag) beginnings[state.name] = std::move(tag->mask);
        }
        co_return beginnings;
    }

    /// After the commit, so that nothing is kept that a crash could take back; a run that is
    /// resumed makes up for it.
    asio::awaitable<void> keep_states() {
        if (part_.beside.empty()) co_await kept_.keep(states_);
    }

    /// What the journal knows of the part; then what it does not know yet of rounds that count.
    asio::awaitable<void> note_past(const std::vector<CommittedRound>& rounds) {
        const auto& parts = services_.journal.past().parts;
        PartHistory past;
        if (const auto found = parts.find(part_.name); found != parts.end()) past = found->second;
        refuse_lost_rounds(past, rounds, part_.rounds, true);
        if (past.end) end_ = LoopEnd{past.end->reason, {}, past.end->exhausted};
        begun_ = past.begun ? Clock::TimePoint(*past.begun) : services_.clock.now();
        for (const auto& round : rounds)
            if (round.round > past.rounds || (round.round == 0 && !past.closed))
                co_await services_.journal.commit_round(part_.name, record_of(round));
    }

    /// The closing pass, unless nothing has changed since the last measurement.
    asio::awaitable<void> close() {
        EndRecord end{end_->reason, end_->exhausted};
        co_await services_.journal.end_part(part_.name, std::move(end));
        auto closing = closing_stages(pipeline_);
        if (grew_ && !closed_ && !closing.empty()) co_await run_one(std::move(closing), 0);
        const auto finish = [](Part& part, const History& history) {
            part.rounds.sync();
            part.tables.finish(history);
        };
        co_await on_io(services_.io, finish, std::ref(part_), std::cref(history_));
    }

    /// Runs the stages once; `round` 0 is the closing pass.
    asio::awaitable<void> run_one(std::vector<const StageSpec*> stages, std::uint32_t round) {
        if (services_.drain.stop_requested()) detail::throw_cancelled();
        const auto begin = SteadyClock::now();
        services_.observer.round_started(round);
        co_await services_.journal.begin_round(part_.name, round);
        RoundServices services = round_services(round);
        const auto watch = books_.watch();
        services.on_sent = [watch](const StageSpec& stage, const PayloadPtr& payload) {
            watch->sent(stage, payload);
        };
        RoundOutcome outcome =
            co_await run_round(pipeline_, stages, round_values(), std::move(services));
        StopFacts facts = co_await books_.digest(services_.cpu, watch, outcome);
        CommittedRound committed = to_commit(outcome, round);
        if (committed.measurement)
            committed.measurement->labels = books_.labels_of(outcome.measured, *watch);
        for (auto& [state, tags] : outcome.written) states_[state] = *tags->preselected;
        for (const auto& [state, tag] : states_) committed.digests[state] = digest_of(tag.mask);
        committed.digests[pool_digest] = digest_of(dataset_.pool.mask);
        const std::size_t warnings = history_.warnings.size();
        books_.commit(std::move(facts), {round, stages, *watch, states_});
        committed.facts = history_.facts;
        committed.warnings.assign(history_.warnings.begin() + std::ptrdiff_t(warnings),
                                  history_.warnings.end());
        RoundRecord record = record_of(committed);
        co_await commit(std::move(committed));
        co_await keep_states();
        co_await tell_hooks(std::move(record));
        services_.observer.round_ended(round, SteadyClock::now() - begin);
    }

    RoundServices round_services(std::uint32_t round) {
        const std::string name = round == 0 ? "closing" : std::to_string(round);
        const Effects effects(services_.journal, run_ + '/' + part_.name);
        return {services_.platform,
                services_.cpu,
                services_.io,
                services_.clock,
                dataset_,
                services_.observer,
                services_.limits,
                effects.within(name),
                part_.folder,
                {},
                round == 0 ? nullptr : services_.faults,
                history_.facts.answered,
                services_.ask_again,
                pipeline_.platform.remote ? "" : services_.platform_name};
    }

    RoundValues round_values() const {
        RoundValues values;
        values.round = round_;
        values.run = run_;
        for (const auto& [name, tag] : states_) values.state[name] = tag.name;
        return values;
    }

    /// A round counts from the moment its manifest is in its place: its states, picks and metrics
    /// together. What it names is on the disk by then.
    asio::awaitable<void> commit(CommittedRound committed) {
        const auto prepare = [&](Nursery& nursery) -> asio::awaitable<void> {
            nursery.start(services_.platform.flush());
            const auto draft = [](const RoundFiles& files, const CommittedRound& round) {
                files.prepare(round);
            };
            co_await on_io(services_.io, draft, std::cref(part_.rounds), std::cref(committed));
        };
        co_await with_nursery(prepare);
        const auto keep = [](const RoundFiles& files, std::uint32_t round) { files.commit(round); };
        co_await on_io(services_.io, keep, std::cref(part_.rounds), committed.round);
        grew_ = committed.grew;
        for (const auto& failed : committed.failed) history_.failed.push_back(failed);
        if (committed.picks) {
            history_.picks.push_back(*committed.picks);
            services_.observer.selected(history_.picks.back());
        }
        if (committed.measurement) {
            history_.measurements.push_back(*committed.measurement);
            services_.observer.measured(history_.measurements.back());
        }
        co_await services_.journal.commit_round(part_.name, record_of(committed));
        co_await update_tables();
    }

    CommittedRound to_commit(const RoundOutcome& outcome, std::uint32_t round) const {
        CommittedRound committed;
        committed.round = round;
        for (const auto& [state, tag] : states_) committed.states[state] = tag.id;
        for (const auto& [state, tags] : outcome.written) {
            committed.states[state] = tags->preselected->id;
            committed.grew = committed.grew || tags->preselected->mask != states_.at(state).mask;
        }
        if (!outcome.metrics.empty())
            committed.measurement = {round == 0 ? round_ : round_ - 1, 0, outcome.metrics};
        if (round > 0 && !outcome.written.empty()) committed.picks = picks_of(outcome);
        committed.failed = outcome.failed;
        return committed;
    }

    static PickedSample named(const Pick& pick, const TagSet& tags) {
        PickedSample named{.file_name = tags.name(pick.sample),
                           .score = pick.score,
                           .distance = pick.distance,
                           .nearest = {}};
        if (pick.nearest) named.nearest = tags.name(*pick.nearest);
        return named;
    }

    RoundPicks picks_of(const RoundOutcome& outcome) const {
        RoundPicks picks;
        picks.round = round_;
        for (const auto& [state, tags] : outcome.written) {
            for (const Pick& pick : tags->added) picks.picks.push_back(named(pick, *tags));
            if (tags->ending) picks.endings.push_back(*tags->ending);
            if (tags->recall) picks.recall = std::min(*tags->recall, picks.recall.value_or(1));
            picks.memory = std::max(picks.memory, tags->memory);
        }
        return picks;
    }

    asio::awaitable<void> update_tables() {
        const auto update = [](HistoryTables& tables, const History& history) {
            tables.update(history);
        };
        co_await on_io(services_.io, update, std::ref(part_.tables), std::cref(history_));
    }

    std::optional<LoopEnd> find_end() const {
        if (pipeline_.rounds.until) {
            auto held = held_rules(*pipeline_.rounds.until, environment_);
            if (!held.empty()) return LoopEnd{reason_of(held, round_), std::move(held), false};
        }
        if (round_ >= static_cast<std::uint64_t>(pipeline_.rounds.max))
            return LoopEnd{fmt::format("All {} rounds are done.", round_), {}, true};
        if (!grew_ && writes_anything())
            return LoopEnd{
                fmt::format("Round {} found nothing more to choose.", round_), {}, false};
        return std::nullopt;
    }

    bool writes_anything() const {
        return std::ranges::any_of(pipeline_.stages,
                                   [](const auto& stage) { return !stage.writes.empty(); });
    }

    const Pipeline& pipeline_;
    std::string run_;
    LoopServices& services_;
    Part& part_;
    History& history_;
    OpenDataset dataset_;
    std::map<std::string, Tag> states_;
    std::uint32_t round_ = 0;       ///< that runs or ran last
    bool grew_ = false;             ///< a state changed in the last round
    bool closed_ = false;           ///< the closing pass is done
    std::optional<LoopEnd> end_{};  ///< once it is known
    Clock::TimePoint begun_{};      ///< the part, by its first process
    KeptStates kept_;
    std::map<std::string, BitMask> beginnings_;  ///< of states, as earlier runs have kept them
    RunEnvironment environment_;
    Bookkeeping books_;
};

}  // namespace

History history_of(const std::vector<CommittedRound>& rounds) {
    History history;
    for (const auto& round : rounds) {
        if (round.measurement) history.measurements.push_back(*round.measurement);
        if (round.picks) history.picks.push_back(*round.picks);
        history.failed.insert(history.failed.end(), round.failed.begin(), round.failed.end());
        history.warnings.insert(
            history.warnings.end(), round.warnings.begin(), round.warnings.end());
    }
    if (!rounds.empty()) history.facts = rounds.back().facts;
    return history;
}

asio::awaitable<LoopEnd> run_loop(const Pipeline& pipeline,
                                  std::string run,
                                  LoopServices& services,
                                  Part& part,
                                  History& history) {
    Loop loop(pipeline, std::move(run), services, part, history);
    LoopEnd end = co_await loop.run();
    co_return end;
}

}  // namespace trommel
