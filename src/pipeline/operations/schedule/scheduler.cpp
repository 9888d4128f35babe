#include "trommel/pipeline/operations/schedule/scheduler.hpp"

#include "pipeline/operations/schedule/timetable.hpp"
#include "trommel/runtime/cancellation.hpp"
#include "trommel/runtime/event.hpp"
#include "trommel/runtime/nursery.hpp"

#include <asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <list>

namespace trommel {
namespace {

using Kind = ScheduleEvent::Kind;

/// A run that was started, or is about to be.
struct Running {
    PlannedRun run;
    bool goes_on = false;
    Nursery* nursery = nullptr;  ///< of the run alone; null before it begins and after it ended
    bool told_to_stop = false;
};

/// What a run came to: an end, or the reason why it has none.
struct Attempt {
    std::optional<ScheduledRunEnd> end{};
    std::string failure{};
};

/// An error as a sentence; none for a run that was only told to stop.
std::string what_of(const std::exception_ptr& error) {
    if (is_cancellation(error)) return {};
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
        return thrown.what();
    } catch (...) {
        return "an error of unknown kind";
    }
}

/// Says that a coroutine is at work, for as long as it lives.
class Busy {
public:
    Busy(bool& busy, Event& event) : busy_(busy), event_(event) { busy_ = true; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() {
        busy_ = false;
        event_.set();
    }

private:
    bool& busy_;
    Event& event_;
};

class Scheduler {
public:
    Scheduler(const asio::any_io_executor& executor,
              std::string pipeline,
              std::vector<ScheduleSpec> schedules,
              SchedulerServices services)
        : timetable_(std::move(pipeline), std::move(schedules)),
          services_(std::move(services)),
          saved_(executor) {}

    asio::awaitable<void> run(Nursery& nursery) {
        nursery_ = &nursery;
        co_await recover();
        while (const auto next = timetable_.next()) {
            tell(Kind::next, next->planned);
            co_await services_.clock.sleep_until(next->due);
            if (state_.paused) co_await look_for_resume();
            start_due();
            co_await save();
        }
    }

private:
    Instant now() const { return floor<std::chrono::milliseconds>(services_.clock.now()); }

    void tell(Kind kind, Instant planned, std::string why = {}) const {
        services_.listener({.kind = kind, .planned = planned, .why = std::move(why)});
    }

    // -------------------------------------------------------------------------------- the state

    asio::awaitable<void> recover() {
        const auto stored = co_await services_.store.load();
        if (stored) state_ = *stored;
        const bool starts_anew = !stored || state_.paused;
        for (std::size_t i = 0; i < timetable_.schedules().size(); ++i) {
            const auto found = state_.decided.find(to_text(timetable_.schedules()[i]));
            const bool known = !starts_anew && found != state_.decided.end();
            timetable_.decide(i, known ? std::min(found->second, now()) : now());
        }
        if (state_.paused) tell(Kind::paused, now(), failures_text());
        recover_queue();
        recover_running();
        changed_ = !state_.paused;
        co_await save();
        start_waiting();
    }

    /// The schedule that is called so, or null if there is none any more.
    const ScheduleSpec* find_schedule(const std::string& name) const {
        const auto& known = timetable_.schedules();
        const auto found =
            std::ranges::find(known, name, [](const auto& spec) { return to_text(spec); });
        return found == known.end() ? nullptr : &*found;
    }

    /// Runs that were cut off go on before anything else starts.
    void recover_running() {
        for (const auto& cut : state_.running) {
            const ScheduleSpec* schedule = find_schedule(cut.schedule);
            if (schedule == nullptr)
                tell(Kind::stopped, cut.planned, "its schedule is gone");
            else
                start({schedule, cut.planned, cut.planned}, true);
        }
    }

    void recover_queue() {
        for (const auto& queued : state_.queued) {
            const ScheduleSpec* schedule = find_schedule(queued.schedule);
            const bool wanted = schedule != nullptr && !state_.paused &&
                                now() - queued.planned <= schedule->missed_within;
            if (wanted)
                waiting_.push_back({schedule, queued.planned, queued.planned});
            else
                tell(Kind::missed, queued.planned);
        }
    }

    /// What is in memory, as it is to be on disk.
    ScheduleState snapshot() {
        state_.decided.clear();
        state_.queued.clear();
        state_.running.clear();
        for (std::size_t i = 0; i < timetable_.schedules().size(); ++i)
            state_.decided[to_text(timetable_.schedules()[i])] = timetable_.decided(i);
        for (const auto& run : waiting_)
            state_.queued.push_back({.schedule = to_text(*run.schedule), .planned = run.planned});
        for (const auto& [run, goes_on, nursery, told] : running_)
            state_.running.push_back({.schedule = to_text(*run.schedule), .planned = run.planned});
        return state_;
    }

    /// Returns when everything that has changed is on disk. One write at a time, so that an older
    /// state never replaces a newer one.
    asio::awaitable<void> save() {
        while (saving_) co_await saved_.wait();
        if (!changed_) co_return;
        changed_ = false;
        const Busy busy(saving_, saved_);
        ScheduleState state = snapshot();
        co_await services_.store.save(std::move(state));
    }

    asio::awaitable<void> look_for_resume() {
        const auto stored = co_await services_.store.load();
        if (stored && stored->paused) co_return;
        state_.paused = false;
        state_.failures = 0;
        tell(Kind::resumed, now());
    }

    // ----------------------------------------------------------------------- what becomes of runs

    void start_due() {
        const auto due = timetable_.take(now());
        if (state_.paused) {  // the file is left alone: somebody may be resuming it
            for (const auto& run : due.now) tell(Kind::skipped, run.planned, "it is paused");
            return;
        }
        changed_ = true;
        tell_missed(due.missed);
        waiting_.insert(waiting_.end(), due.queue.begin(), due.queue.end());
        start_waiting();
        for (const auto& run : due.now) start_or_wait(run);
    }

    void tell_missed(const std::vector<PlannedRun>& missed) const {
        if (missed.empty()) return;
        std::string why;
        if (missed.size() > 1)
            why = fmt::format("and all others up to {}", to_text(missed.back().planned));
        tell(Kind::missed, missed.front().planned, std::move(why));
    }

    void start_or_wait(const PlannedRun& run) {
        using Overlap = ScheduleSpec::Overlap;
        const auto overlap = run.schedule->overlap;
        if (overlap == Overlap::allow || (running_.empty() && waiting_.empty())) return start(run);
        if (overlap == Overlap::cancel_running) return start_instead(run);
        if (overlap == Overlap::queue_one && waiting_.empty()) {
            waiting_.push_back(run);
            return tell(Kind::queued, run.planned, "another run goes on");
        }
        const bool queues = overlap == Overlap::queue_one;
        tell(Kind::skipped, run.planned, queues ? "another run waits" : "another run goes on");
    }

    void start_instead(const PlannedRun& run) {
        for (const auto& other : waiting_)
            tell(Kind::skipped, other.planned, "a later run takes its place");
        waiting_ = {run};
        for (auto& other : running_) {
            other.told_to_stop = true;
            if (other.nursery != nullptr) other.nursery->cancel();
        }
    }

    void start_waiting() {
        if (!running_.empty() || waiting_.empty()) return;
        const auto run = waiting_.front();
        waiting_.pop_front();
        changed_ = true;
        start(run);
    }

    void start(const PlannedRun& run, bool goes_on = false) {
        const auto self = running_.insert(running_.end(), Running{.run = run, .goes_on = goes_on});
        nursery_->start(run_one(self));
    }

    // --------------------------------------------------------------------------------- one run

    asio::awaitable<void> run_one(std::list<Running>::iterator self) {
        co_await save();
        Attempt attempt;
        if (!self->told_to_stop) attempt = co_await try_once(self);
        const auto state = co_await asio::this_coro::cancellation_state;
        const bool closing = detail::is_cancelled(state);
        const auto run = self->run;
        const bool stopped = (closing || self->told_to_stop) && !attempt.end;
        running_.erase(self);
        changed_ = changed_ || !state_.paused;  // else the file is left alone
        if (stopped)
            tell(Kind::stopped, run.planned, attempt.failure);
        else
            judge(*run.schedule, run.planned, attempt);
        if (closing) co_return;
        start_waiting();
        co_await save();
    }

    asio::awaitable<Attempt> try_once(std::list<Running>::iterator self) {
        Attempt attempt;
        auto body = [this, self, &attempt](Nursery& nursery) -> asio::awaitable<void> {
            self->nursery = &nursery;
            tell(Kind::started, self->run.planned);
            const ScheduledStart start{self->run.planned, self->goes_on};
            attempt.end = co_await services_.start(start);
        };
        try {
            co_await with_nursery(std::move(body));
        } catch (...) {
            attempt.failure = what_of(std::current_exception());
        }
        self->nursery = nullptr;
        co_return attempt;
    }

    void judge(const ScheduleSpec& schedule, Instant planned, const Attempt& attempt) {
        const bool succeeded = attempt.end && attempt.end->succeeded;
        tell(succeeded ? Kind::succeeded : Kind::failed,
             planned,
             attempt.end ? attempt.end->what : attempt.failure);
        if (state_.paused) return;
        state_.failures = succeeded ? 0 : state_.failures + 1;
        const auto limit = schedule.pause_after_failures;
        if (limit == 0 || state_.failures < limit) return;
        state_.paused = true;
        for (const auto& run : waiting_) tell(Kind::skipped, run.planned, "it is paused");
        waiting_.clear();
        tell(Kind::paused, planned, failures_text());
    }

    std::string failures_text() const {
        if (state_.failures == 1) return "the last run has failed";
        return fmt::format("{} runs in a row have failed", state_.failures);
    }

    Timetable timetable_;
    SchedulerServices services_;
    ScheduleState state_;  ///< failures and paused; the rest is filled in when it is saved
    std::deque<PlannedRun> waiting_;
    std::list<Running> running_;
    Nursery* nursery_ = nullptr;
    Event saved_;
    bool saving_ = false;
    bool changed_ = false;
};

}  // namespace

std::string to_text(ScheduleEvent::Kind kind) {
    constexpr std::array<std::string_view, 10> names{"next",
                                                     "started",
                                                     "succeeded",
                                                     "failed",
                                                     "stopped",
                                                     "queued",
                                                     "skipped",
                                                     "missed",
                                                     "paused",
                                                     "resumed"};
    return std::string(names.at(static_cast<std::size_t>(kind)));
}

asio::awaitable<void> run_schedules(std::string pipeline,
                                    std::vector<ScheduleSpec> schedules,
                                    SchedulerServices services) {
    const auto executor = co_await asio::this_coro::executor;
    Scheduler scheduler(executor, std::move(pipeline), std::move(schedules), std::move(services));
    auto body = [&scheduler](Nursery& nursery) { return scheduler.run(nursery); };
    co_await with_nursery(std::move(body));
}

void resume(ScheduleState& state, Instant now) {
    state.paused = false;
    state.failures = 0;
    state.queued.clear();
    for (auto& [schedule, decided] : state.decided) decided = now;
}

}  // namespace trommel
