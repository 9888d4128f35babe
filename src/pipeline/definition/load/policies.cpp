#include "pipeline/definition/load/policies.hpp"

#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

using std::chrono::milliseconds;

void refuse(const Node& node, const OptionReader& reader, const std::string& message) {
    reader.diagnostics.error(node.place(), "bad-policy", message);
}

OptionInfo time_info(std::string key, std::string help) {
    OptionInfo info = info_of(std::move(key), "duration");
    info.help = std::move(help);
    info.is_positive = true;
    return info;
}

milliseconds read_time(const Node& node, const OptionReader& reader, const std::string& key) {
    milliseconds time{0};
    if (!reader.read(node, info_of(key, "duration"), time)) return milliseconds(1);
    if (time.count() == 0) refuse(node, reader, fmt::format("'{}' must be above 0", key));
    return std::max(time, milliseconds(1));
}

/// A key that holds a time above 0.
template <typename T, typename Time>
auto time_reader(std::string key, Time T::*member) {
    return [key = std::move(key), member](const Node& node, const OptionReader& reader, T& value) {
        value.*member = read_time(node, reader, key);
    };
}

void check_waits(const Section& section, const OptionReader& reader, RetryPolicy& retry) {
    if (!section.has("max")) retry.max = std::max(retry.max, retry.base);
    if (retry.base > retry.max)
        refuse(section.node(),
               reader,
               fmt::format("'base' of {} is longer than 'max' of {}, the longest wait",
                           to_text(retry.base),
                           to_text(retry.max)));
}

constexpr OptionRules attempts_rules{.required = true, .min = 1, .max = 1000};

const MapType<RetryPolicy>& retry_type() {
    static const auto type =
        MapType<RetryPolicy>("Attempts and the waits between them.")
            .key("attempts", &RetryPolicy::attempts, "Attempts in all.", attempts_rules)
            .key(time_info("base", "Longest first wait; doubles each time."),
                 time_reader("base", &RetryPolicy::base))
            .by_default(to_text(RetryPolicy{}.base))
            .key(time_info("max", "Longest wait."), time_reader("max", &RetryPolicy::max))
            .by_default(to_text(RetryPolicy{}.max))
            .check(check_waits);
    return type;
}

/// `5`, for short.
const OptionInfo short_retry = option_info("retry", &RetryPolicy::attempts, {}, attempts_rules);

/// `{attempts: 5, base: 1s, max: 1m}`, or `5` for short.
void read_retry(const Node& node, const OptionReader& reader, Policies& policies) {
    policies.retry = {};
    if (node.is_scalar())
        reader.read(node, short_retry, policies.retry.attempts);
    else
        retry_type().read(node, "'retry'", reader, policies.retry);
}

void read_bytes(const Node& node, const OptionReader& reader, Capacity& buffer) {
    const auto size = parse_bytes(node.text());
    if (size && *size > 0)
        buffer.bytes = *size;
    else
        refuse(node,
               reader,
               fmt::format("'bytes' must be a size such as 64MiB, not {}", describe(node)));
}

const MapType<Capacity>& buffer_type() {
    static const auto type =
        MapType<Capacity>("Capacity of the queue before the stage.")
            .key("count", &Capacity::count, "Highest number of batches.", {.min = 1, .max = 1e6})
            .by_default(std::to_string(Policies{}.buffer.count))
            .key(info_of("bytes", "bytes").as("bytes", "Highest total size: 64MiB."), read_bytes)
            .positive()
            .by_default("64MiB");
    return type;
}

const Choices<OnError> on_errors{
    {"fail", OnError::fail}, {"quarantine", OnError::quarantine}, {"skip", OnError::skip}};

void read_max_errors(const Node& node, const OptionReader& reader, Policies& policies) {
    const Scalar scalar = scalar_of(node);
    const auto* count = std::get_if<std::int64_t>(&scalar);
    const auto share = parse_share(node.text());
    if (count && *count >= 0)
        policies.max_errors = *count;
    else if (share)
        policies.max_errors = *share;
    else
        refuse(
            node,
            reader,
            fmt::format("'max_errors' must be a number of records such as 10, or a share such as "
                        "1%, not {}",
                        describe(node)));
}

OptionInfo max_errors_info() {
    return any_of({info_of({}, "integer", 0), info_of({}, "share")})
        .as("max_errors",
            "Unusable records allowed in a round: a number or a share; default: half.");
}

OptionInfo cache_mode_info() {
    OptionInfo record = info_of({}, "choice");
    record.choices = {"record"};
    return any_of({info_of({}, "boolean"), record})
        .as("cache",
            "true: keeps the output and reuses it for the same inputs. record: keeps each answer "
            "of the program and asks only about new or changed samples.");
}

void read_cache(const Node& node, const OptionReader& reader, Policies& policies) {
    const Scalar scalar = scalar_of(node);
    if (const auto* flag = std::get_if<bool>(&scalar))
        policies.cache = *flag ? CacheMode::whole : CacheMode::off;
    else if (node.is_scalar() && node.text() == "record")
        policies.cache = CacheMode::record;
    else
        refuse(node,
               reader,
               fmt::format("'cache' must be true, false or record, not {}", describe(node)));
}

void check_limit(const Node& node,
                 const OptionReader& reader,
                 const std::map<std::string, Limit>& limits,
                 Policies& policies) {
    if (has_references(node) || node.is_null() || limits.contains(policies.limit)) return;
    policies.limit.clear();
    std::vector<std::string> names;
    for (const auto& [name, limit] : limits) names.push_back(name);
    reader.diagnostics.error(node.place(),
                             "unknown-limit",
                             fmt::format("there is no limit {}", describe(node)),
                             names.empty() ? "declare it at the top: 'limits: {api: {rate: 5/s}}'"
                                           : did_you_mean(node.text(), names));
}

/// Only where both appear here: a stage may well shorten what `defaults` gives to all.
void check_times(const Section& section, const OptionReader& reader, Policies& policies) {
    if (!section.has("deadline") || !section.has("timeout")) return;
    if (!policies.deadline || !policies.timeout || *policies.deadline >= *policies.timeout) return;
    refuse(*section.node().find("deadline"),
           reader,
           fmt::format("the deadline of {} for all attempts is shorter than the timeout of {} for "
                       "one",
                       to_text(*policies.deadline),
                       to_text(*policies.timeout)));
}

const MapType<Policies>& policies_type() {
    static const auto type =
        MapType<Policies>("Default policies of all stages.")
            .key(any_of({short_retry.as({}, {}), retry_type().info()})
                     .as("retry",
                         "Attempts in all; waits up to 'base' between them, doubled each time, at "
                         "most 'max'."),
                 read_retry)
            .key(time_info("timeout", "Time limit of one attempt."),
                 time_reader("timeout", &Policies::timeout))
            .key(time_info("deadline", "Time limit of all attempts in a round."),
                 time_reader("deadline", &Policies::deadline))
            .key("parallel",
                 &Policies::parallel,
                 "Batches processed at a time.",
                 {.min = 1, .max = 256})
            .key(info_of("limit", "text").as("limit", "Name of a shared limit of 'limits'."),
                 [](const Node& node, const OptionReader&, Policies& policies) {
                     policies.limit = node.text();
                 })
            .key(buffer_type().info().as("buffer", "Capacity of the queue before the stage."),
                 [](const Node& node, const OptionReader& reader, Policies& policies) {
                     policies.buffer = Policies{}.buffer;
                     buffer_type().read(node, "'buffer'", reader, policies.buffer);
                 })
            .choice(
                "on_error", &Policies::on_error, "What to do with an unusable record.", on_errors)
            .key(max_errors_info(), read_max_errors)
            .key(cache_mode_info(), read_cache)
            .check(check_times);
    return type;
}

/// Puts the policy back to what holds where nothing is said.
void drop(Policies& policies, std::string_view key) {
    const Policies none;
    if (key == "parallel") policies.parallel = none.parallel;
    if (key == "buffer") policies.buffer = none.buffer;
    if (key == "on_error") policies.on_error = none.on_error;
    if (key == "max_errors") policies.max_errors = none.max_errors;
    if (key == "cache") policies.cache = none.cache;
}

/// A kind of stage that cannot keep what it is asked to may keep the other, where `defaults` ask.
void fit_cache(const Section& section,
               const StageType& type,
               Diagnostics& diagnostics,
               Policies& policies) {
    const bool whole = policies.cache == CacheMode::whole && !type.cache.whole;
    const bool record = policies.cache == CacheMode::record && !type.cache.records;
    if (!whole && !record) return;
    policies.cache = whole ? CacheMode::record : CacheMode::whole;
    const Node* cache = section.node().find("cache");
    if (cache == nullptr) return;
    diagnostics.error(
        cache->place(),
        "useless-policy",
        whole ? fmt::format("'{}' keeps answers, not an output", type.name)
              : fmt::format("'{}' is not asked about one sample after another", type.name),
        whole ? "'cache: record' asks about samples that have no answer yet"
              : "'cache: true' keeps its whole output");
}

}  // namespace

void read_policies(Section& section,
                   const OptionReader& reader,
                   const std::map<std::string, Limit>& limits,
                   Policies& policies) {
    policies_type().read_keys(section, reader, policies);
    if (const Node* limit = section.node().find("limit"))
        check_limit(reader.resolved(*limit), reader, limits, policies);
}

OptionInfo policies_info() { return policies_type().info(); }

bool is_policy(std::string_view key) {
    return std::ranges::count(policies_type().info().parts, key, &OptionInfo::name) > 0;
}

std::string no_use(const StageType& type, const std::any& options, std::string_view key) {
    if (key == "buffer" && type.inputs.empty()) return "it reads nothing";
    if (key == "parallel" && !type.is_batchwise(options))
        return "it does not work batch by batch; only a stage whose batches do not depend on each "
               "other can be run in copies";
    if ((key == "on_error" || key == "max_errors") && !type.records_may_fail)
        return "it reads no records that could fail one by one";
    if (key == "cache" && type.acts_outside)
        return "it acts on the world outside its run, which a cache would leave out";
    if (key == "cache" && type.cache.version == 0)
        return "what it makes means something only in its round, or is cheaper to recompute than "
               "to look up";
    return {};
}

void fit_policies(const Section& section,
                  const StageType& type,
                  const std::any& options,
                  Diagnostics& diagnostics,
                  Policies& policies) {
    for (const auto& policy : policies_type().info().parts) {
        const std::string& key = policy.name;
        const std::string reason = no_use(type, options, key);
        if (reason.empty()) continue;
        drop(policies, key);
        if (const Node* value = section.node().find(key))
            diagnostics.error(
                value->place(),
                "useless-policy",
                fmt::format("'{}' has no effect on '{}': {}", key, type.name, reason));
    }
    fit_cache(section, type, diagnostics, policies);
    const Node* most = section.node().find("max_errors");
    if (most != nullptr && type.records_may_fail && policies.on_error == OnError::fail)
        diagnostics.error(most->place(),
                          "useless-policy",
                          "'max_errors' has no effect where the first error ends the round",
                          "add 'on_error: quarantine' or 'on_error: skip'");
}

}  // namespace trommel
