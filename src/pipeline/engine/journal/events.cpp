#include "pipeline/engine/journal/events.hpp"

#include "pipeline/engine/journal/outcome_json.hpp"
#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/array.hpp>

namespace trommel {
namespace {

namespace json = boost::json;

/// To the microsecond.
double in_milliseconds(std::chrono::nanoseconds took) {
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(took);
    return static_cast<double>(whole.count()) / 1000;
}

}  // namespace

Events::Events(const std::filesystem::path& file, Clock& clock, Observer& next)
    : file_(file), clock_(clock), next_(next) {}

void Events::write(json::object event) {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch());
    event["at"] = now.count();
    file_.append(json_text(event) + '\n');
}

void Events::loop_started(const std::string& part) {
    write({{"event", "loop_started"}, {"part", part}});
    next_.loop_started(part);
}

void Events::round_started(std::uint32_t round) {
    sent_.clear();
    write({{"event", "round_started"}, {"round", round}});
    next_.round_started(round);
}

void Events::stage_started(const std::string& stage) {
    write({{"event", "stage_started"}, {"stage", stage}});
    next_.stage_started(stage);
}

void Events::stage_sent(const std::string& stage, std::size_t records) {
    Sent& sent = sent_[stage];
    ++sent.batches;
    sent.records += records;
    next_.stage_sent(stage, records);
}

void Events::stage_retries(const StageRetry& retry) {
    write({{"event", "stage_retries"},
           {"stage", retry.stage},
           {"attempt", retry.attempt},
           {"attempts", retry.attempts},
           {"reason", retry.reason},
           {"delay_ms", retry.delay.count()}});
    next_.stage_retries(retry);
}

void Events::stage_used_cache(const CacheUse& use) {
    write({{"event", "stage_used_cache"},
           {"stage", use.stage},
           {"hit", use.hit},
           {"known", use.known},
           {"asked", use.asked},
           {"why", json::array(use.why.begin(), use.why.end())}});
    next_.stage_used_cache(use);
}

void Events::records_failed(const FailedRecords& failed) {
    write({{"event", "records_failed"},
           {"stage", failed.stage},
           {"round", failed.round},
           {"records", failed.records},
           {"of", failed.of},
           {"quarantined", failed.quarantined}});
    next_.records_failed(failed);
}

void Events::selected(const RoundPicks& picks) {
    json::object event{
        {"event", "selected"}, {"round", picks.round}, {"picks", picks.picks.size()}};
    const auto outcome = outcome_json(picks);
    event.insert(outcome.begin(), outcome.end());
    write(std::move(event));
    next_.selected(picks);
}

void Events::stage_ended(const std::string& stage, std::chrono::nanoseconds took) {
    const Sent sent = sent_[stage];
    write({{"event", "stage_ended"},
           {"stage", stage},
           {"batches", sent.batches},
           {"records", sent.records},
           {"took_ms", in_milliseconds(took)}});
    next_.stage_ended(stage, took);
}

void Events::round_ended(std::uint32_t round, std::chrono::nanoseconds took) {
    write({{"event", "round_ended"}, {"round", round}, {"took_ms", in_milliseconds(took)}});
    next_.round_ended(round, took);
}

void Events::measured(const Measurement& measurement) {
    json::object values;
    for (const auto& [metric, value] : measurement.values) values[metric] = shortest(value);
    write({{"event", "measured"},
           {"round", measurement.round},
           {"labels", measurement.labels},
           {"values", std::move(values)}});
    next_.measured(measurement);
}

void Events::warned(const Warning& warning) {
    write({{"event", "warned"},
           {"round", warning.round},
           {"code", warning.code},
           {"message", warning.message},
           {"hint", warning.hint}});
    next_.warned(warning);
}

void Events::loop_ended(const std::string& part, const std::string& reason) {
    write({{"event", "loop_ended"}, {"part", part}, {"reason", reason}});
    next_.loop_ended(part, reason);
}

}  // namespace trommel
