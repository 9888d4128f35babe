#include "pipeline/engine/journal/run_history.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/record_log.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace trommel {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

std::string text(const json::object& record, std::string_view key) {
    return std::string(record.at(key).as_string());
}

std::uint32_t round_of(const json::object& record) {
    return record.at("round").to_number<std::uint32_t>();
}

RunRecord run_of(const json::object& record) {
    RunRecord run;
    run.id = text(record, "id");
    run.file = text(record, "file");
    run.folder = text(record, "folder");
    for (const auto& pair : record.at("overrides").as_array())
        run.overrides.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
    run.configuration = text(record, "configuration");
    for (const auto& input : record.at("inputs").as_array())
        run.inputs.push_back({text(input.as_object(), "path"), text(input.as_object(), "sha256")});
    return run;
}

EndRecord end_of(const json::object& record) {
    return {text(record, "reason"), record.at("exhausted").as_bool()};
}

RoundRecord committed(const json::object& record) {
    RoundRecord round;
    round.round = round_of(record);
    round.chosen = record.at("chosen").to_number<std::size_t>();
    if (const auto* labels = record.if_contains("labels"))
        round.labels = labels->to_number<std::size_t>();
    if (const auto* values = record.if_contains("values"))
        for (const auto& [metric, value] : values->as_object())
            round.values[metric] = parse_number(std::string_view(value.as_string()))
                                       .value_or(std::numeric_limits<double>::quiet_NaN());
    return round;
}

/// Puts the story together, record after record.
class Replay {
public:
    Replay(std::filesystem::path file, std::vector<std::size_t> damaged) : file_(std::move(file)) {
        history_.damaged = std::move(damaged);
    }

    void add(const json::object& record) {
        const auto type = text(record, "type");
        if (type == "run" || type == "resume") return begin_process(record);
        if (!history_.run && history_.damaged.empty()) fail("it does not begin with a run");
        pass_time(record);
        if (type == "part")
            begin_part(record);
        else if (type == "part_end")
            part(record).end = end_of(record);
        else if (type == "round")
            part(record).running = round_of(record);
        else if (type == "committed")
            commit(record);
        else if (type == "effect_done")
            history_.effects[text(record, "key")] = text(record, "result");
        else if (type == "hook")
            history_.told.insert(text(record, "key"));
        else if (type == "stop")
            history_.stop = {record.at("failed").as_bool(), text(record, "message")};
        else if (type == "end")
            history_.end = end_of(record);
        else if (type != "effect")
            fail(fmt::format("it has a record '{}'", type));
    }

    RunHistory take() { return std::move(history_); }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw DataError(
            fmt::format("{}: {}, which this version of trommel does not know; use the one that "
                        "made the run, or begin a new run",
                        file_.string(),
                        what));
    }

    void begin_process(const json::object& record) {
        const auto version = record.at("version").to_number<std::int64_t>();
        if (version != journal_version) fail(fmt::format("it is of version {}", version));
        history_.run = run_of(record);
        history_.stop.reset();
        ++history_.processes;
        const auto* accepted = record.if_contains("accepted");
        if (accepted != nullptr && !accepted->as_array().empty()) {
            ++history_.changes;
            history_.effects.clear();
        }
        if (const auto* left = record.if_contains("rounds_left")) {
            RoundsLeft rounds;
            for (const auto& [part, count] : left->as_object())
                rounds[part] = count.to_number<std::uint32_t>();
            go_back(history_, rounds);
        }
        last_ = record.at("at").to_number<std::int64_t>();
    }

    /// The time since the last record of the same process belongs to the part that runs.
    void pass_time(const json::object& record) {
        const auto at = record.at("at").to_number<std::int64_t>();
        if (!current_.empty())
            history_.parts[current_].elapsed += milliseconds(std::max<std::int64_t>(0, at - last_));
        last_ = at;
    }

    void begin_part(const json::object& record) {
        current_ = text(record, "part");
        PartHistory& part = history_.parts[current_];
        part.id = text(record, "id");
        if (!part.begun)
            part.begun.emplace(milliseconds(record.at("at").to_number<std::int64_t>()));
    }

    PartHistory& part(const json::object& record) { return history_.parts[text(record, "part")]; }

    void commit(const json::object& record) {
        PartHistory& of = part(record);
        RoundRecord round = committed(record);
        of.rounds = std::max(of.rounds, round.round);
        of.closed = of.closed || round.round == 0;
        of.running.reset();
        if (round.labels) of.last_measured = std::move(round);
        history_.effects.clear();
    }

    std::filesystem::path file_;
    RunHistory history_;
    std::string current_;
    std::int64_t last_ = 0;  ///< milliseconds since 1970
};

}  // namespace

void go_back(RunHistory& history, const RoundsLeft& rounds) {
    for (const auto& [name, count] : rounds) {
        PartHistory& part = history.parts[name];
        part.rounds = count;
        part.closed = false;
        part.running.reset();
        part.end.reset();
        if (part.last_measured && part.last_measured->round > count) part.last_measured.reset();
    }
    if (rounds.empty()) return;
    history.end.reset();
    history.effects.clear();
}

RunHistory replay(const LoggedRecords& log, const std::filesystem::path& file) {
    Replay story(file, log.damaged);
    for (std::size_t i = 0; i < log.records.size(); ++i) {
        try {
            story.add(json::parse(log.records[i]).as_object());
        } catch (const Error&) {
            throw;
        } catch (const std::exception& error) {
            throw DataError(fmt::format("{}:{}: is not a record of a run: {}",
                                        file.string(),
                                        log.lines.at(i),
                                        error.what()));
        }
    }
    return story.take();
}

RunHistory look_at_history(const std::filesystem::path& directory) {
    const auto file = directory / "journal.jsonl";
    return replay(read_records(file, OnDamage::leave_out), file);
}

RunHistory read_history(const std::filesystem::path& directory) {
    RunHistory history = look_at_history(directory);
    if (!history.run && !history.damaged.empty())
        throw DataError(
            fmt::format("{}:{}: the line is damaged, and it says what the run is of; take the file "
                        "from a backup, or begin a new run",
                        (directory / "journal.jsonl").string(),
                        history.damaged.front()));
    if (!history.run)
        throw ConfigError(fmt::format("{}: no run has begun here", directory.string()));
    return history;
}

}  // namespace trommel
