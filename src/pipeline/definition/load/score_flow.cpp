#include "pipeline/definition/load/score_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>

namespace trommel {
namespace {

bool is_of_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

/// Where the name appears in a text or a list of them, else the whole.
Place place_of_name(const Node& value, const std::string& name) {
    for (const Node& item : value.items()) {
        const Place place = place_of_name(item, name);
        if (place != item.place() || item.text() == name) return place;
    }
    const std::string& text = value.text();
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at == 0 || !is_of_name(text[at - 1]);
        if (begins && (end == text.size() || !is_of_name(text[end])))
            return value.place_at(at, name.size());
    }
    return value.place();
}

class Flow {
public:
    Flow(std::vector<StageSpec>& stages, bool tags_outlive_runs, Diagnostics& diagnostics)
        : stages_(stages), tags_outlive_runs_(tags_outlive_runs), diagnostics_(diagnostics) {}

    void run() {
        for (auto& stage : stages_) {
            pass_on(stage);
            by_name_.emplace(stage.name, &stage);
            stored_anywhere_.add(stage.stored);
        }
        for (const auto& stage : stages_)
            if (!stage.score_uses.empty()) check(stage);
    }

private:
    const StageSpec* find(const std::string& name) const {
        const auto found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : found->second;
    }

    /// The scores that come in.
    ScoreColumns arriving(const StageSpec& stage) const {
        ScoreColumns all;
        for (const auto& name : stage.from) {
            const StageSpec* sender = find(name);
            all.add(sender == nullptr ? ScoreColumns::unknown() : sender->scores);
        }
        return all;
    }

    void pass_on(StageSpec& stage) const {
        for (const auto* names : {&stage.from, &stage.needs})
            for (const auto& name : *names) {
                const StageSpec* before = find(name);
                stage.stored.add(before == nullptr ? ScoreColumns::unknown() : before->stored);
            }
        if (stage.type == nullptr) {
            stage.scores = stage.stored = ScoreColumns::unknown();
        } else if (stage.type->output != ScoreBatch::port) {
            stage.stored.add(stage.scores);  // of a tag that has some already
            stage.scores = {};
        }
        if (stage.type == nullptr || stage.type->score_flow == ScoreFlow::ends) return;
        const bool is_stored = stage.type->score_flow == ScoreFlow::is_stored;
        (is_stored ? stage.stored : stage.scores).add(arriving(stage));
    }

    /// A stage that does not run in each round may find what later ones have stored.
    ScoreColumns within_reach(const StageSpec& stage) const {
        if (std::ranges::count(stage.type->inputs, ScoreBatch::port, &InputPort::port) > 0)
            return arriving(stage);
        ScoreColumns stored = stage.when ? stored_anywhere_ : stage.stored;
        stored.any |= tags_outlive_runs_ && stored.is_empty();
        return stored;
    }

    void check(const StageSpec& stage) {
        const ScoreColumns there = within_reach(stage);
        const std::vector<std::string> names(there.names.begin(), there.names.end());
        for (const auto& [name, place] : stage.score_uses) {
            if (name.empty() ? !there.is_empty() : there.has(name)) continue;
            diagnostics_.error(
                place,
                "unknown-score",
                name.empty()
                    ? fmt::format("no stage before '{}' gives it the scores that it needs",
                                  stage.name)
                    : fmt::format("no stage before '{}' gives it the score '{}'", stage.name, name),
                names.empty() ? advice(stage) : meant_or_all(name, names));
        }
    }

    std::string advice(const StageSpec& stage) const {
        const bool reads_tags =
            std::ranges::count(stage.type->inputs, TagSet::port, &InputPort::port) > 0;
        return reads_tags ? "have a stage compute it, and one such as 'upload_scores' store it"
                          : "have a stage compute it";
    }

    std::vector<StageSpec>& stages_;
    bool tags_outlive_runs_;
    Diagnostics& diagnostics_;
    std::unordered_map<std::string, const StageSpec*> by_name_;
    ScoreColumns stored_anywhere_;
};

}  // namespace

void note_scores(StageSpec& stage, const std::any& options) {
    const StageType& type = *stage.type;
    if (type.scores)
        stage.scores = type.scores(options);
    else if (type.output != ScoreBatch::port)
        stage.scores = {};
    if (!type.score_uses) return;
    for (const auto& [option, score] : type.score_uses(options)) {
        const Node* value = stage.with ? stage.with->find(option) : nullptr;
        stage.score_uses.push_back(
            {score, value == nullptr ? stage.place : place_of_name(*value, score)});
    }
}

void check_scores(std::vector<StageSpec>& stages,
                  bool tags_outlive_runs,
                  Diagnostics& diagnostics) {
    Flow(stages, tags_outlive_runs, diagnostics).run();
}

}  // namespace trommel
