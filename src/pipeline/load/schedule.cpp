#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"
#include "trommel/pipeline/language/interpolation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trommel {
namespace {

using std::chrono::milliseconds;
using Missed = ScheduleSpec::Missed;
using Overlap = ScheduleSpec::Overlap;

constexpr milliseconds shortest_interval = std::chrono::seconds(1);
constexpr milliseconds longest_interval = std::chrono::days(3650);
constexpr milliseconds longest_memory = std::chrono::days(366);

const std::vector<std::pair<std::string, Overlap>> overlaps{
    {"skip", Overlap::skip},
    {"queue_one", Overlap::queue_one},
    {"cancel_running", Overlap::cancel_running},
    {"allow", Overlap::allow}};

const std::vector<std::pair<std::string, Missed>> missed_runs{
    {"latest", Missed::latest}, {"all", Missed::all}, {"none", Missed::none}};

class ScheduleReader {
public:
    ScheduleReader(const Node& node, const LoadContext& load)
        : load_(load), section_(node, "the schedule", load.diagnostics()) {}

    ScheduleSpec read() {
        read_when();
        if (const Node* zone = section_.find("timezone")) read_zone(*zone);
        if (const Node* jitter = section_.find("jitter")) read_jitter(*jitter);
        if (const Node* overlap = section_.find("overlap"))
            read_choice(*overlap, "overlap", overlaps, schedule_.overlap);
        if (const Node* missed = section_.find("missed")) read_missed(*missed);
        if (const Node* pause = section_.find("pause_after_failures"))
            load_.reader.read(*pause,
                              info_of("pause_after_failures", "integer", 1),
                              schedule_.pause_after_failures);
        section_.refuse_others();
        return std::move(schedule_);
    }

    /// False if there was nothing that says when.
    bool has_time() const { return has_time_; }

private:
    Diagnostics& diagnostics() { return load_.diagnostics(); }

    void read_when() {
        const Node* cron = section_.find("cron");
        const Node* every = section_.find("every");
        if (cron != nullptr && every != nullptr)
            diagnostics().error(every->place(),
                                "ambiguous",
                                "the schedule has both 'cron' and 'every'",
                                "keep one, or write a list of two schedules");
        else if (cron != nullptr)
            read_cron(*cron);
        else if (every != nullptr)
            read_every(*every);
        else if (section_.node().is_map())
            diagnostics().error(section_.node().place(),
                                "missing-key",
                                "the schedule does not say when",
                                "write 'cron: 30 2 * * *' or 'every: 6h'");
    }

    void read_cron(const Node& node) {
        std::string text;
        if (!load_.reader.read(node, info_of("cron", "text"), text)) return;
        if (auto cron = parse_cron(node, diagnostics())) set(*std::move(cron));
    }

    void read_every(const Node& node) {
        milliseconds period{0};
        if (!load_.reader.read(node, info_of("every", "duration"), period)) return;
        if (period >= shortest_interval && period <= longest_interval) return set(period);
        diagnostics().error(node.place(),
                            "wrong-type",
                            fmt::format("'every' must be from {} to {}, not {}",
                                        to_text(shortest_interval),
                                        to_text(longest_interval),
                                        describe(node)));
    }

    template <typename When>
    void set(When when) {
        schedule_.when = std::move(when);
        has_time_ = true;
    }

    void read_zone(const Node& node) {
        std::string name;
        if (!load_.reader.read(node, info_of("timezone", "text"), name)) return;
        if (auto zone = TimeZone::find(name)) {
            schedule_.timezone = *std::move(zone);
            if (std::holds_alternative<milliseconds>(schedule_.when) && has_time_)
                diagnostics().warning(
                    node.place(),
                    "no-effect",
                    "'every' counts in UTC, so 'timezone' changes only how its times are shown",
                    "for times of day write 'cron'");
            return;
        }
        const auto known = TimeZone::names();
        auto hint = did_you_mean(name, known);
        if (hint.empty())
            hint = known.size() > 1 ? "write a name such as Europe/Zurich, America/New_York or UTC"
                                    : "no time zones are installed here: see the package tzdata";
        diagnostics().error(node.place(),
                            "unknown-timezone",
                            fmt::format("there is no time zone {}", describe(node)),
                            hint);
    }

    void read_jitter(const Node& node) {
        if (!load_.reader.read(node, info_of("jitter", "duration"), schedule_.jitter)) return;
        if (!has_time_ || schedule_.jitter.count() == 0) return;
        const auto gap = shortest_gap();
        if (schedule_.jitter < gap) return;
        diagnostics().error(node.place(),
                            "wrong-type",
                            fmt::format("'jitter' must be shorter than {}, the time between two "
                                        "runs, not {}",
                                        to_text(gap),
                                        describe(node)));
    }

    /// Between two of the first thousand runs since 2001, as the UTC clock has them.
    milliseconds shortest_gap() const {
        auto schedule = schedule_;
        schedule.timezone = TimeZone();
        Instant last = std::chrono::sys_days(std::chrono::year(2001) / 1 / 1);
        auto gap = milliseconds::max();
        for (int i = 0; i < 1000; ++i) {
            const auto next = next_instant(schedule, last);
            if (!next) break;
            if (i > 0) gap = std::min(gap, *next - last);
            last = *next;
        }
        return gap;
    }

    void read_missed(const Node& node) {
        Section section(node, "'missed'", diagnostics());
        if (const Node* run = section.find("run"))
            read_choice(*run, "run", missed_runs, schedule_.missed);
        if (const Node* within = section.find("within")) read_within(*within);
        section.refuse_others();
    }

    void read_within(const Node& node) {
        if (!load_.reader.read(node, info_of("within", "duration"), schedule_.missed_within))
            return;
        if (schedule_.missed_within <= longest_memory) return;
        diagnostics().error(
            node.place(),
            "wrong-type",
            fmt::format(
                "'within' must be at most {}, not {}", to_text(longest_memory), describe(node)));
    }

    template <typename T>
    void read_choice(const Node& node,
                     const std::string& name,
                     const std::vector<std::pair<std::string, T>>& choices,
                     T& value) {
        OptionInfo info = info_of(name, "choice");
        for (const auto& [word, meaning] : choices) info.choices.push_back(word);
        std::string word;
        if (!load_.reader.read(node, info, word)) return;
        value = std::ranges::find(choices, word, &std::pair<std::string, T>::first)->second;
    }

    const LoadContext& load_;
    Section section_;
    ScheduleSpec schedule_;
    bool has_time_ = false;
};

}  // namespace

std::vector<ScheduleSpec> read_schedule(const Node& node, const LoadContext& load) {
    const Node resolved = load.resolved(node);
    if (has_references(resolved)) return {};  // the one without a value was named there
    std::vector<Node> nodes(resolved.items().begin(), resolved.items().end());
    if (!resolved.is_list()) nodes = {resolved};
    if (nodes.empty())
        load.diagnostics().error(node.place(), "empty-value", "'schedule' holds no schedule");
    std::vector<ScheduleSpec> schedules;
    for (const Node& each : nodes) {
        ScheduleReader reader(each, load);
        auto schedule = reader.read();
        if (!reader.has_time()) continue;
        if (std::ranges::count(
                schedules, to_text(schedule), [](const auto& other) { return to_text(other); }) > 0)
            load.diagnostics().error(each.place(),
                                     "duplicate",
                                     fmt::format("another schedule is {} too", to_text(schedule)));
        schedules.push_back(std::move(schedule));
    }
    return schedules;
}

}  // namespace trommel
