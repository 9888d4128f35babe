#include "pipeline/load/policies.hpp"

#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"

#include <fmt/format.h>

namespace trommel {
namespace {

using std::chrono::milliseconds;

OptionInfo whole_number(std::string name, double min, double max) {
    OptionInfo info = info_of(std::move(name), "integer", min);
    info.max = max;
    return info;
}

class PolicyReader {
public:
    PolicyReader(Section& section,
                 const LoadContext& load,
                 const std::map<std::string, Limit>& limits,
                 Policies& policies)
        : section_(section), load_(load), limits_(limits), policies_(policies) {}

    void read() {
        if (const auto retry = value("retry")) policies_.retry = read_retry(*retry);
        if (const auto timeout = value("timeout"))
            policies_.timeout = duration("timeout", *timeout);
        if (const auto deadline = value("deadline"))
            policies_.deadline = duration("deadline", *deadline);
        if (const auto parallel = value("parallel"))
            load_.reader.read(*parallel, whole_number("parallel", 1, 256), policies_.parallel);
        if (const auto limit = value("limit")) read_limit(*limit);
        if (const auto buffer = value("buffer")) policies_.buffer = read_buffer(*buffer);
        if (const auto on_error = value("on_error")) read_on_error(*on_error);
        if (const auto most = value("max_errors")) policies_.max_errors = read_max_errors(*most);
        if (const auto cache = value("cache")) policies_.cache = read_cache(*cache);
        check_times();
    }

private:
    /// The value under `key` with its references resolved; nothing if it is not there or has none.
    std::optional<Node> value(std::string_view key) {
        const Node* node = section_.find(key);
        if (node == nullptr) return std::nullopt;
        const auto errors = load_.diagnostics().errors();
        Node resolved = load_.resolved(*node);
        if (!has_references(resolved)) return resolved;
        if (load_.diagnostics().errors() == errors)
            refuse(*node, fmt::format("'{}' cannot depend on what only a round knows", key));
        return std::nullopt;
    }

    /// `{attempts: 5, base: 1s, max: 1m}`, or `5` for short.
    RetryPolicy read_retry(const Node& node) {
        RetryPolicy retry;
        std::int64_t attempts = 1;
        if (node.is_scalar()) {
            load_.reader.read(node, whole_number("retry", 1, 1000), attempts);
            retry.attempts = static_cast<unsigned>(attempts);
            return retry;
        }
        Section section(node, "'retry'", load_.diagnostics());
        if (const Node* count = section.need("attempts"))
            load_.reader.read(*count, whole_number("attempts", 1, 1000), attempts);
        if (const Node* base = section.find("base")) retry.base = duration("base", *base);
        if (const Node* max = section.find("max"))
            retry.max = duration("max", *max);
        else
            retry.max = std::max(retry.max, retry.base);
        section.refuse_others();
        if (retry.base > retry.max)
            refuse(node,
                   fmt::format("'base' of {} is longer than 'max' of {}, the longest wait",
                               to_text(retry.base),
                               to_text(retry.max)));
        retry.attempts = static_cast<unsigned>(attempts);
        return retry;
    }

    milliseconds duration(const std::string& key, const Node& node) {
        milliseconds time{0};
        if (!load_.reader.read(node, info_of(key, "duration"), time)) return milliseconds(1);
        if (time.count() == 0) refuse(node, fmt::format("'{}' must be above 0", key));
        return std::max(time, milliseconds(1));
    }

    void read_limit(const Node& node) {
        std::vector<std::string> names;
        for (const auto& [name, limit] : limits_) names.push_back(name);
        policies_.limit.clear();
        if (node.is_scalar() && limits_.contains(node.text())) {
            policies_.limit = node.text();
            return;
        }
        load_.diagnostics().error(node.place(),
                                  "unknown-limit",
                                  fmt::format("there is no limit {}", describe(node)),
                                  names.empty()
                                      ? "declare it at the top: 'limits: {api: {rate: 5/s}}'"
                                      : did_you_mean(node.text(), names));
    }

    Capacity read_buffer(const Node& node) {
        Capacity buffer = Policies{}.buffer;
        Section section(node, "'buffer'", load_.diagnostics());
        auto count = static_cast<std::int64_t>(buffer.count);
        if (const Node* batches = section.find("count"))
            load_.reader.read(*batches, whole_number("count", 1, 1e6), count);
        if (const Node* bytes = section.find("bytes")) {
            const auto size = parse_bytes(bytes->text());
            if (size && *size > 0)
                buffer.bytes = *size;
            else
                refuse(
                    *bytes,
                    fmt::format("'bytes' must be a size such as 64MiB, not {}", describe(*bytes)));
        }
        section.refuse_others();
        buffer.count = static_cast<std::size_t>(count);
        return buffer;
    }

    void read_on_error(const Node& node) {
        OptionInfo info = info_of("on_error", "choice");
        info.choices = {"fail", "quarantine", "skip"};
        std::string word;
        if (!load_.reader.read(node, info, word)) return;
        policies_.on_error = word == "skip"         ? OnError::skip
                             : word == "quarantine" ? OnError::quarantine
                                                    : OnError::fail;
    }

    MaxErrors read_max_errors(const Node& node) {
        const Scalar scalar = scalar_of(node);
        if (const auto* count = std::get_if<std::int64_t>(&scalar); count && *count >= 0)
            return *count;
        if (const auto share = parse_share(node.text())) return *share;
        refuse(
            node,
            fmt::format("'max_errors' must be a number of records such as 10, or a share such as "
                        "1%, not {}",
                        describe(node)));
        return {};
    }

    CacheMode read_cache(const Node& node) {
        const Scalar scalar = scalar_of(node);
        if (const auto* flag = std::get_if<bool>(&scalar))
            return *flag ? CacheMode::whole : CacheMode::off;
        if (node.is_scalar() && node.text() == "record") return CacheMode::record;
        refuse(node, fmt::format("'cache' must be true, false or record, not {}", describe(node)));
        return CacheMode::off;
    }

    /// Only where both stand here: a stage may well shorten what `defaults` gives to all.
    void check_times() {
        const Node* deadline = section_.node().find("deadline");
        if (deadline == nullptr || section_.node().find("timeout") == nullptr) return;
        if (!policies_.deadline || !policies_.timeout || *policies_.deadline >= *policies_.timeout)
            return;
        refuse(
            *deadline,
            fmt::format("the deadline of {} for all attempts is shorter than the timeout of {} for "
                        "one",
                        to_text(*policies_.deadline),
                        to_text(*policies_.timeout)));
    }

    void refuse(const Node& node, const std::string& message) {
        load_.diagnostics().error(node.place(), "bad-policy", message);
    }

    Section& section_;
    const LoadContext& load_;
    const std::map<std::string, Limit>& limits_;
    Policies& policies_;
};

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
                   const LoadContext& load,
                   const std::map<std::string, Limit>& limits,
                   Policies& policies) {
    PolicyReader(section, load, limits, policies).read();
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
        return "what it makes means something only in its round, or is made sooner than found";
    return {};
}

void fit_policies(const Section& section,
                  const StageType& type,
                  const std::any& options,
                  Diagnostics& diagnostics,
                  Policies& policies) {
    for (const auto key : policy_keys) {
        const std::string reason = no_use(type, options, key);
        if (reason.empty()) continue;
        drop(policies, key);
        if (const Node* value = section.node().find(key))
            diagnostics.error(
                value->place(),
                "useless-policy",
                fmt::format("'{}' means nothing to '{}': {}", key, type.name, reason));
    }
    fit_cache(section, type, diagnostics, policies);
    const Node* most = section.node().find("max_errors");
    if (most != nullptr && type.records_may_fail && policies.on_error == OnError::fail)
        diagnostics.error(most->place(),
                          "useless-policy",
                          "'max_errors' means nothing where the first error ends the round",
                          "add 'on_error: quarantine' or 'on_error: skip'");
}

}  // namespace trommel
