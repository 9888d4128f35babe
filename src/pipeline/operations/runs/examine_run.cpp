#include "trommel/pipeline/operations/runs/examine_run.hpp"

#include "pipeline/definition/write/settings.hpp"
#include "pipeline/engine/history/history_tables.hpp"
#include "pipeline/engine/journal/lost_data.hpp"
#include "pipeline/engine/journal/round_files.hpp"
#include "pipeline/engine/journal/run_history.hpp"
#include "pipeline/engine/loop/loop.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/folder_lock.hpp"
#include "trommel/core/record_log.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/operations/runs/run_files.hpp"
#include "trommel/pipeline/operations/schedule/schedule_state.hpp"
#include "trommel/store/integrity.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace trommel {
namespace {

namespace fs = std::filesystem;

constexpr auto from_backup = "put it back from a backup, or begin a new run";

constexpr auto labels_advice =
    "put it back from a backup, or ask for the labels again: trommel resume RUN --ask-again";

/// The folder of a part's tables and stages: that of the run, or `baseline` in it.
fs::path folder_of(const fs::path& run, const std::string& part) {
    return part == "main" ? run : run / part;
}

class RunExaminer {
public:
    explicit RunExaminer(const fs::path& directory) : directory_(directory) {}

    Examination take() {
        examine_journal();
        for (const std::string part : {"main", "baseline"})
            if (fs::exists(directory_ / "rounds" / part)) examine_part(part);
        examine_copies();
        examine_inputs();
        examine_database();
        examine_answers();
        examine_events();
        return std::move(found_);
    }

private:
    void is_whole(const fs::path& file) { found_.whole.push_back(file); }
    void tell(const fs::path& file, std::string problem, std::string advice) {
        found_.findings.push_back({file, std::move(problem), std::move(advice)});
    }

    void examine_journal() {
        const auto file = directory_ / "journal.jsonl";
        try {
            history_ = read_history(directory_);
            is_whole(file);
        } catch (const Error& error) {
            tell(file,
                 fmt::format("cannot be read: {}", error.what()),
                 "put it back from a backup, or go on with what is whole: trommel resume RUN "
                 "--accept-damage");
        }
    }

    void examine_part(const std::string& part) {
        const RoundFiles files(directory_ / "rounds" / part);
        std::vector<CommittedRound> rounds;
        bool all = true;
        for (const auto& entry : fs::directory_iterator(directory_ / "rounds" / part))
            if (entry.path().extension() == ".json") all = examine_round(entry.path()) && all;
        try {
            rounds = files.read();
            if (history_) rounds = read_rounds(directory_, part, *history_);
        } catch (const Error& error) {
            if (all) tell(directory_ / "rounds" / part, error.what(), from_backup);
            return;
        }
        examine_tables(folder_of(directory_, part), history_of(rounds));
        if (!rounds.empty()) examine_labels(folder_of(directory_, part), rounds.back().facts);
    }

    bool examine_round(const fs::path& file) {
        if (checked_record(trim(read_file(file)))) {
            is_whole(file);
            return true;
        }
        tell(file, "is damaged", from_backup);
        return false;
    }

    /// Programs keep the labels that they were given; tables are read again.
    void examine_labels(const fs::path& folder, const StopFacts& facts) {
        for (const auto& [stage, answered] : facts.answered) {
            if (!asks_people(stage)) continue;
            const auto file = folder / "stages" / stage / "answers.jsonl";
            std::size_t there = 0;
            try {
                there = read_records(file).records.size();
            } catch (const Error&) {
                continue;  // told of with all such files
            }
            if (there < answered.count())
                tell(file,
                     fmt::format("has {} labels, and the run has had {}", there, answered.count()),
                     labels_advice);
        }
    }

    bool asks_people(const std::string& stage) const {
        if (!history_) return false;
        const Node document = parse_resolved(history_->run->configuration);
        const Node* stages = document.find("stages");
        const Node* spec = stages == nullptr ? nullptr : stages->find(stage);
        const Node* uses = spec == nullptr ? nullptr : spec->find("uses");
        return uses != nullptr && uses->text() == "exec.label";
    }

    void examine_tables(const fs::path& folder, const History& history) {
        const bool has_none = history.picks.empty() && history.measurements.empty();
        if (has_none && !fs::exists(folder / "picks.csv")) return;
        examine_table(folder / "metrics.csv", metrics_csv(history));
        examine_table(folder / "picks.csv", picks_csv(history));
    }

    void examine_table(const fs::path& file, const std::string& expected) {
        if (fs::exists(file) && read_file(file) == expected) return is_whole(file);
        if (FolderLock::holder(directory_)) return;  // it is being written
        tell(file,
             "does not say what the rounds say",
             "write it anew: trommel doctor RUN --rewrite-tables");
    }

    /// What people read, and what serves where the pipeline's own file is gone.
    void examine_copies() {
        if (!history_) return;
        const auto resolved = directory_ / "resolved.yaml";
        if (fs::exists(resolved) && read_file(resolved) == history_->run->configuration)
            is_whole(resolved);
        else
            tell(resolved,
                 "is not the configuration that the journal has",
                 "do not rely on it; the journal's copy counts");
    }

    void examine_inputs() {
        if (!history_) return;
        for (const auto& input : history_->run->inputs) {
            std::error_code ignored;
            if (!fs::exists(input.path, ignored))
                tell(input.path, "is missing", "put it back; the run reads it");
            else if (sha256_of_file(input.path) != input.sha256)
                tell(input.path,
                     "has other content than when the run began",
                     "put it back, or go on with it: trommel resume RUN --accept-changes");
            else
                is_whole(input.path);
        }
    }

    /// Only the run's own: another one is of many runs, and `trommel doctor` of it is asked for.
    void examine_database() {
        const auto file = directory_ / "platform.db";
        if (!fs::exists(file)) return examine_missing_database(file);
        const auto faults = store::integrity_faults(file);
        if (faults.empty()) return is_whole(file);
        tell(file, fmt::format("is damaged: {}", fmt::join(faults, "; ")), from_backup);
    }

    void examine_missing_database(const fs::path& file) {
        if (!history_) return;
        const auto& text = history_->run->configuration;
        const bool is_elsewhere = text.find("\nplatform:") != std::string::npos;
        const bool has_rounds = std::ranges::any_of(
            history_->parts, [](const auto& part) { return part.second.rounds > 0; });
        if (!is_elsewhere && has_rounds) tell(file, "is missing", from_backup);
    }

    void examine_answers() {
        for (const auto& entry : fs::recursive_directory_iterator(directory_)) {
            if (entry.path().filename() != "answers.jsonl") continue;
            try {
                read_records(entry.path());
                is_whole(entry.path());
            } catch (const Error& error) {
                tell(entry.path(), error.what(), labels_advice);
            }
        }
    }

    void examine_events() {
        const auto file = directory_ / "events.jsonl";
        if (!fs::exists(file)) return;
        std::size_t number = 0;
        for (const auto& line : lines_of(read_file(file))) {
            ++number;
            boost::system::error_code error;
            boost::json::parse(boost::json::string_view(line.data(), line.size()), error);
            if (error)
                return tell(file,
                            fmt::format("line {} is not JSON", number),
                            "nothing of the run leans on it; correct or delete the line");
        }
        is_whole(file);
    }

    static std::vector<std::string> lines_of(const std::string& text) {
        std::vector<std::string> lines;
        for (std::size_t begin = 0; begin < text.size();) {
            const auto end = std::min(text.find('\n', begin), text.size());
            lines.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
        return lines;
    }

    fs::path directory_;
    std::optional<RunHistory> history_;
    Examination found_;
};

}  // namespace

Examination examine_run(const fs::path& directory) {
    return RunExaminer(RunFiles(directory).path()).take();
}

Examination examine_schedules(const fs::path& data) {
    Examination found;
    if (!fs::is_directory(data / "schedules")) return found;
    for (const auto& entry : fs::directory_iterator(data / "schedules")) {
        if (entry.path().extension() != ".json") continue;
        try {
            parse_schedule_state(read_file(entry.path()));
            found.whole.push_back(entry.path());
        } catch (const Error& error) {
            found.findings.push_back(
                {entry.path(), error.what(), "remove it to let the schedule restart"});
        }
    }
    return found;
}

void rewrite_tables(const fs::path& directory) {
    const FolderLock lock(RunFiles(directory).path());
    for (const std::string part : {"main", "baseline"}) {
        const auto rounds = directory / "rounds" / part;
        if (!fs::exists(rounds)) continue;
        HistoryTables(folder_of(directory, part)).finish(history_of(RoundFiles(rounds).read()));
    }
}

}  // namespace trommel
