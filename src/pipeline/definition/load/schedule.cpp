#include "pipeline/definition/load/sections.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"
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

const Choices<Overlap> overlaps{{"skip", Overlap::skip},
                                {"queue_one", Overlap::queue_one},
                                {"cancel_running", Overlap::cancel_running},
                                {"allow", Overlap::allow}};

const Choices<Missed> missed_runs{
    {"latest", Missed::latest}, {"all", Missed::all}, {"none", Missed::none}};

bool has_time(const ScheduleSpec& schedule) {
    const auto* period = std::get_if<milliseconds>(&schedule.when);
    return period == nullptr || period->count() > 0;
}

const OptionInfo cron_info =
    info_of("cron", "text")
        .as("cron", "Minute, hour, day of month, month, weekday; or @daily, @hourly, …");

void read_cron(const Node& node, const OptionReader& reader, ScheduleSpec& schedule) {
    std::string text;
    if (!reader.read(node, cron_info, text)) return;
    if (auto cron = parse_cron(node, reader.diagnostics)) schedule.when = *std::move(cron);
}

const OptionInfo every_info =
    info_of("every", "duration").as("every", "Interval, counted from 1970-01-01 UTC.");

void read_every(const Node& node, const OptionReader& reader, ScheduleSpec& schedule) {
    milliseconds period{0};
    if (!reader.read(node, every_info, period)) return;
    if (period >= shortest_interval && period <= longest_interval)
        schedule.when = period;
    else
        reader.diagnostics.error(node.place(),
                                 "wrong-type",
                                 fmt::format("'every' must be from {} to {}, not {}",
                                             to_text(shortest_interval),
                                             to_text(longest_interval),
                                             describe(node)));
}

const OptionInfo zone_info =
    info_of("timezone", "text").as("timezone", "Time zone of 'cron'; default: UTC.");

void read_zone(const Node& node, const OptionReader& reader, ScheduleSpec& schedule) {
    std::string name;
    if (!reader.read(node, zone_info, name)) return;
    if (auto zone = TimeZone::find(name)) {
        schedule.timezone = *std::move(zone);
        if (std::holds_alternative<milliseconds>(schedule.when) && has_time(schedule))
            reader.diagnostics.warning(
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
    reader.diagnostics.error(node.place(),
                             "unknown-timezone",
                             fmt::format("there is no time zone {}", describe(node)),
                             hint);
}

/// Between two of the first thousand runs since 2001, as the UTC clock has them.
milliseconds shortest_gap(ScheduleSpec schedule) {
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

void check_jitter(const Section& section, const OptionReader& reader, ScheduleSpec& schedule) {
    if (!has_time(schedule) || schedule.jitter.count() == 0) return;
    const Node* node = section.node().find("jitter");
    const auto gap = shortest_gap(schedule);
    if (schedule.jitter >= gap)
        reader.diagnostics.error(node->place(),
                                 "wrong-type",
                                 fmt::format("'jitter' must be shorter than {}, the time between "
                                             "two runs, not {}",
                                             to_text(gap),
                                             describe(*node)));
}

void check_within(const Section& section, const OptionReader& reader, ScheduleSpec& schedule) {
    if (schedule.missed_within <= longest_memory) return;
    const Node* node = section.node().find("within");
    reader.diagnostics.error(
        node->place(),
        "wrong-type",
        fmt::format(
            "'within' must be at most {}, not {}", to_text(longest_memory), describe(*node)));
}

MapType<ScheduleSpec> missed_type() {
    return MapType<ScheduleSpec>("What to do with runs whose time was missed.")
        .choice("run", &ScheduleSpec::missed, "Missed runs to make up for.", missed_runs)
        .key("within", &ScheduleSpec::missed_within, "Oldest missed run to make up for.")
        .check(check_within);
}

MapType<ScheduleSpec> schedule_type() {
    return MapType<ScheduleSpec>("When 'trommel serve' runs it: 'cron' or 'every'.")
        .key(cron_info, read_cron)
        .key(every_info, read_every)
        .one_of({"cron", "every"},
                {.code = "missing-key",
                 .message = "the schedule does not say when",
                 .hint = "write 'cron: 30 2 * * *' or 'every: 6h'"},
                {.code = "ambiguous",
                 .message = "the schedule has both 'cron' and 'every'",
                 .hint = "keep one, or write a list of two schedules",
                 .is_at_last = true})
        .key(zone_info, read_zone)
        .key("jitter", &ScheduleSpec::jitter, "Random delay of each run, at most this long.")
        .check(check_jitter)
        .choice("overlap",
                &ScheduleSpec::overlap,
                "What to do if the previous run has not ended.",
                overlaps)
        .map("missed", missed_type(), "'missed'")
        .key("pause_after_failures",
             &ScheduleSpec::pause_after_failures,
             "Failed runs in a row that pause the schedule; default: never.",
             {.min = 1})
        .by_default({});
}

}  // namespace

OptionInfo schedule_info() {
    return any_of({schedule_type().info(), many_of("list", schedule_type().info(), 1)})
        .as("schedule", "Times at which 'trommel serve' runs the pipeline.");
}

std::vector<ScheduleSpec> read_schedule(const Node& node, const OptionReader& reader) {
    const Node resolved = reader.resolved(node);
    if (has_references(resolved)) return {};  // the one without a value was named there
    std::vector<Node> nodes(resolved.items().begin(), resolved.items().end());
    if (!resolved.is_list()) nodes = {resolved};
    if (nodes.empty())
        reader.diagnostics.error(node.place(), "empty-value", "'schedule' holds no schedule");
    std::vector<ScheduleSpec> schedules;
    const auto type = schedule_type();
    for (const Node& each : nodes) {
        ScheduleSpec schedule;
        type.read(each, "the schedule", reader, schedule);
        if (!has_time(schedule)) continue;
        if (std::ranges::count(
                schedules, to_text(schedule), [](const auto& other) { return to_text(other); }) > 0)
            reader.diagnostics.error(each.place(),
                                     "duplicate",
                                     fmt::format("another schedule is {} too", to_text(schedule)));
        schedules.push_back(std::move(schedule));
    }
    return schedules;
}

}  // namespace trommel
