// The npm package croner as an oracle: another cron, by other people, over other time zone code.
//
// It runs where node and the package are (tools/install-croner).

#include "pipeline/definition/schedule/zone_times.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <sstream>

namespace trommel {
namespace {

using std::chrono::sys_seconds;
using test::shell;
using test::utc;

const std::string source = TROMMEL_SOURCE_DIR;

struct Question {
    sys_seconds from{};
    std::size_t count = 0;
    std::string zone{};
    std::string expression{};
};

using Instants = std::vector<sys_seconds::rep>;

bool has_croner() {
    const auto packages = source + "/build/npm/node_modules/croner/package.json";
    return std::filesystem::exists(packages) && shell("node --version").code == 0;
}

std::vector<Instants> ask_croner(const std::vector<Question>& questions) {
    std::ostringstream lines;
    for (const auto& asked : questions)
        lines << asked.from.time_since_epoch().count() << ' ' << asked.count << ' ' << asked.zone
              << ' ' << asked.expression << '\n';
    const test::TempDir folder;
    const auto file = folder.write("questions", lines.str());
    const auto end = shell("node " + source + "/tests/pipeline/definition/schedule/croner.mjs " +
                           source + "/build/npm/node_modules < " + file.string());
    INFO(end.output);
    REQUIRE(end.code == 0);
    std::vector<Instants> answers;
    std::istringstream output(end.output);
    for (std::string line; std::getline(output, line);) {
        std::istringstream words(line);
        auto& answer = answers.emplace_back();
        for (sys_seconds::rep instant = 0; words >> instant;) answer.push_back(instant);
    }
    return answers;
}

Instants instants(std::initializer_list<sys_seconds> times) {
    Instants seconds;
    for (const auto time : times) seconds.push_back(time.time_since_epoch().count());
    return seconds;
}

Instants our_answer(const Question& asked) {
    const auto cron = test::cron(asked.expression);
    const auto zone = test::zone(asked.zone);
    Instants found;
    for (auto at = asked.from; found.size() < asked.count;) {
        at = next_instant(cron, zone, at).value();
        found.push_back(at.time_since_epoch().count());
    }
    return found;
}

/// Ten years of the expression in the zone: from their start, and around each clock change.
void ask_of(const std::string& expression,
            const std::string& zone,
            std::vector<Question>& questions) {
    const auto rules = test::zone(zone);
    const auto begin = utc(2026, 1, 1);
    const auto end = utc(2036, 1, 1);
    questions.push_back({begin, 120, zone, expression});
    for (auto change = rules.around(begin).end; change < end; change = rules.around(change).end)
        questions.push_back({change - std::chrono::hours(5), 30, zone, expression});
}

const std::vector<std::string> zones{
    "UTC", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"};

std::string difference(const Question& asked, const Instants& ours, const Instants& theirs) {
    const auto zone = test::zone(asked.zone);
    std::string text = asked.expression + " in " + asked.zone + " after " +
                       test::on_the_wall(asked.from, zone) + ":";
    for (std::size_t i = 0; i < ours.size() && i < theirs.size(); ++i)
        if (ours[i] != theirs[i])
            return text + " we say " +
                   test::on_the_wall(sys_seconds(std::chrono::seconds(ours[i])), zone) +
                   ", croner " +
                   test::on_the_wall(sys_seconds(std::chrono::seconds(theirs[i])), zone);
    return text + " not as many";
}

}  // namespace

TEST_CASE("ten years of instants are those of croner", "[schedule][oracle]") {
    if (!has_croner()) {
        WARN("not compared with croner: run tools/install-croner");
        return;
    }
    std::vector<Question> questions;
    for (const std::string expression :
         {"* * * * *",       "*/5 * * * *",        "*/7 */3 * * *",
          "0 * * * *",       "30 * * * *",         "15,45 * * * *",
          "0 */2 * * *",     "*/15 2 * * *",       "10-20 * * * *",
          "30 2 * * *",      "0 2 * * *",          "0 3 * * *",
          "30 1 * * *",      "59 1 * * *",         "0,15,30,45 1,2 * * *",
          "10-50 1-3 * * *", "0 0 * * *",          "45 23 * * *",
          "0 0 1 * *",       "30 2 * * sun",       "30 2 * 3,10 0",
          "0 0 13 * 5",      "0 12 31 * *",        "0 6 1-7 * mon",
          "30 2 * * 7",      "0 9-17 * * mon-fri", "0 0 1 jan,jul *",
          "5 4 * * sat,sun", "0 0 15 */3 *"})
        for (const auto& zone : zones) ask_of(expression, zone, questions);

    const auto answers = ask_croner(questions);

    REQUIRE(answers.size() == questions.size());
    std::size_t compared = 0;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto ours = our_answer(questions[i]);
        compared += ours.size();
        if (ours != answers[i]) FAIL_CHECK(difference(questions[i], ours, answers[i]));
    }
    CHECK(compared > 10'000);
}

TEST_CASE("where we differ from croner, we do so on purpose", "[schedule][oracle]") {
    if (!has_croner()) return;
    const auto saturday = utc(2026, 10, 24, 22);
    const std::vector<Question> questions{{utc(2026, 1, 1), 2, "UTC", "0 0 */2 * mon"},
                                          {saturday, 2, "Europe/Zurich", "0 0-23/2 * * *"}};

    const auto answers = ask_croner(questions);

    // crontab(5): a field that begins with * restricts no day, so the other one decides as well:
    // odd days that are Mondays. croner takes either.
    CHECK(our_answer(questions[0]) == instants({utc(2026, 1, 5), utc(2026, 1, 19)}));
    CHECK(answers.at(0) == instants({utc(2026, 1, 3), utc(2026, 1, 5)}));
    // cron.c: a job goes on all day if its minute or hour begins with *. 0-23/2 does not, so 02:00,
    // which the wall shows twice, runs once. croner says that every step goes on.
    CHECK(our_answer(questions[1]) == instants({utc(2026, 10, 25, 0), utc(2026, 10, 25, 3)}));
    CHECK(answers.at(1) == instants({utc(2026, 10, 25, 0), utc(2026, 10, 25, 1)}));
}

}  // namespace trommel
