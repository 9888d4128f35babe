#include "stages/join/round_tag.hpp"
#include "stages/stages.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/platform/sampling_method.hpp"
#include "trommel/selection/strategy_settings.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

class Sample final : public Stage {
public:
    struct Options {
        std::optional<std::string> strategy{};
        std::optional<std::string> method{};     ///< the strategy that it is
        selection::StrategySettings settings{};  ///< as they are written
        std::vector<selection::GoalChoice> goals{};
        std::vector<selection::ThresholdChoice> thresholds{};
        std::optional<std::string> similar_to{};
        std::optional<std::int64_t> n_samples{};
        std::optional<std::int64_t> n_new{};
        SamplingRequest asked{};  ///< what is an option as it is a field of the request

        std::string name() const {
            return strategy.value_or(method.value_or(selection::StrategyChoice{}.name));
        }
        selection::StrategyChoice choice() const {
            return {.name = name(), .settings = settings, .goals = goals, .thresholds = thresholds};
        }
        bool has_number() const { return n_new || n_samples || asked.proportion; }
    };

    explicit Sample(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        SamplingRequest request = request_for(context, *tags);
        if (options_.similar_to) request.similar_to = co_await query(context);
        auto job = std::make_shared<SamplingJob>();
        job->of = tags;
        job->id = co_await start(context, request);
        co_await out.send(std::move(job));
    }

private:
    /// The job that an earlier attempt at the round has started, or a new one. One that has failed
    /// since would fail the round for ever, so it is left behind.
    static asio::awaitable<JobId> start(StageContext& context, SamplingRequest request) {
        const Effects::Act ask = [&](std::string key) -> asio::awaitable<std::string> {
            request.key = std::move(key);
            JobId id = co_await context.platform.sample(request);
            co_return id.text();
        };
        const Effects::IsThere is_known = [&](std::string id) {
            return knows(context.platform, JobId(std::move(id)));
        };
        for (int attempt = 1;; ++attempt) {
            const std::string name = attempt == 1 ? "job" : fmt::format("job-{}", attempt);
            EffectResult job = co_await context.effects.once(name, ask, is_known);
            JobId id(std::move(job.text));
            if (!job.earlier) co_return id;
            JobStatus status = co_await context.platform.job(id);
            if (status.state != JobState::failed) co_return id;
        }
    }

    static asio::awaitable<bool> knows(Platform& platform, JobId id) {
        try {
            co_await platform.job(id);
        } catch (const PlatformError& error) {
            if (error.reason() != PlatformError::Reason::not_found) throw;
            co_return false;
        }
        co_return true;
    }

    asio::awaitable<TagId> query(StageContext& context) const {
        if (*options_.similar_to == "pool") co_return context.dataset.pool.id;
        auto tag =
            co_await context.platform.find_tag(context.dataset.dataset.id, *options_.similar_to);
        if (!tag)
            throw DataError(fmt::format("similar_to: dataset '{}' has no tag '{}'",
                                        context.dataset.dataset.name,
                                        *options_.similar_to));
        co_return tag->id;
    }

    SamplingRequest request_for(const StageContext& context, const TagSet& tags) const {
        SamplingRequest request = options_.asked;
        request.dataset = tags.dataset.id;
        request.new_tag_name = round_tag_name(context);
        request.strategy = options_.choice();
        request.query = tags.query.id;
        if (tags.preselected) request.preselected = tags.preselected->id;
        request.samples = total(tags);
        request.seed = context.seed;
        request.round = context.round;
        return request;
    }

    /// The size of the result, preselected samples included; none if nothing but the distance
    /// bounds it.
    std::optional<std::size_t> total(const TagSet& tags) const {
        const std::size_t chosen = tags.preselected ? tags.preselected->mask.count() : 0;
        if (options_.n_new) return chosen + static_cast<std::size_t>(*options_.n_new);
        if (options_.n_samples) return static_cast<std::size_t>(*options_.n_samples);
        return std::nullopt;
    }

    Options options_;
};

std::string what_it_accepts(const std::string& strategy) {
    const auto names = selection::settings_for(strategy);
    return names.empty() ? std::string("it has no options")
                         : fmt::format("it uses {}", fmt::join(names, ", "));
}

void check_settings(const Sample::Options& options, const StageType::Complain& complain) {
    const auto choice = options.choice();
    bool fits = true;
    for (const auto& [name, value] : choice.settings) {
        if (selection::accepts(choice.name, *selection::find_strategy_setting(name))) continue;
        fits = false;
        complain(name,
                 fmt::format(
                     "{} does not use '{}'; {}", choice.name, name, what_it_accepts(choice.name)));
    }
    if (!fits) return;
    try {
        const auto checked = selection::checked_for_job(choice);
        const bool needs_query = selection::needs_query(checked);
        if (needs_query && !options.similar_to)
            complain("similar_to", "similarity needs samples to be near to: give the tag of them");
        if (!needs_query && options.similar_to)
            complain("similar_to", fmt::format("{} does not use 'similar_to'", choice.name));
    } catch (const DataError& error) {
        complain(choice.goals.empty() ? "strategy" : "goals", error.what());
    }
}

void check_strategy(const Sample::Options& options, const StageType::Complain& complain) {
    if (options.strategy && options.method)
        complain("method", "'strategy' and 'method' exclude each other: give the strategy");
    if (selection::find_strategy(options.name()) == nullptr) return;  // said at the option
    check_settings(options, complain);
}

void check(const Sample::Options& options, const StageType::Complain& complain) {
    check_strategy(options, complain);
    if (options.n_new && options.n_samples)
        complain("n_new",
                 "'n_new' and 'n_samples' exclude each other: give the size of the batch or of the "
                 "result");
    if (options.asked.proportion == 0.0)
        complain("proportion", "'proportion' must be a share above 0, such as 1% or 0.01");
    if (!options.has_number() && options.asked.min_distance < 0)
        complain("n_new",
                 "nothing bounds the selection: give 'n_new', 'n_samples', 'proportion' or "
                 "'min_distance'");
    else if (const auto* strategy = selection::find_strategy(options.name())) {
        const auto missing = selection::missing_number(*strategy, options.has_number());
        if (!missing.empty())
            complain("n_new", missing + " by 'n_new', 'n_samples' or 'proportion'");
    }
}

/// The score that the strategy ranks by (any where none is named), and those of goals and
/// thresholds.
std::vector<ScoreUse> score_uses(const Sample::Options& options) {
    std::vector<ScoreUse> uses;
    const auto* strategy = selection::find_strategy(options.name());
    if (options.asked.score_type)
        uses.push_back({"score", *options.asked.score_type});
    else if (strategy != nullptr && strategy->needs_scores)
        uses.push_back({options.strategy ? "strategy" : "method",
                        std::string(strategy->needs_usual_score ? strategy->usual_score : "")});
    const auto add = [&](const char* option, const selection::StrategyChoice& choice) {
        for (auto& use : uses_of(option, selection::named_scores(choice))) uses.push_back(use);
    };
    add("goals",
        {.name = options.name(), .settings = {}, .goals = options.goals, .thresholds = {}});
    add("thresholds",
        {.name = options.name(), .settings = {}, .goals = {}, .thresholds = options.thresholds});
    return uses;
}

bool needs_embeddings(const Sample::Options& options) {
    const auto* strategy = selection::find_strategy(options.name());
    return strategy != nullptr && strategy->needs_embeddings;
}

/// A setting as it is written, once it is what it can be.
bool read_setting(const Node& node,
                  const OptionReader& reader,
                  const OptionInfo& info,
                  std::string& text) {
    if (!info.choices.empty()) return reader.read(node, info, text);
    if (info.type == "integer") {
        std::int64_t whole = 0;
        if (!reader.read(node, info, whole)) return false;
        text = std::to_string(whole);
        return true;
    }
    double number = 0;
    if (!reader.read(node, info, number)) return false;
    text = shortest(number);
    return true;
}

std::string type_of(const selection::StrategySetting& setting) {
    if (!selection::words_of(setting).empty()) return "choice";
    return selection::is_whole(setting) ? "integer" : "number";
}

/// A row of the table of settings as an option of the stage.
Option option_for(const selection::StrategySetting& setting) {
    OptionInfo info{.name = std::string(setting.name),
                    .type = type_of(setting),
                    .help = fmt::format("{}: {}", selection::strategies_of(setting), setting.help),
                    .fallback = {},
                    .required = false,
                    .choices = selection::words_of(setting),
                    .min = setting.min,
                    .max = {},
                    .secret = false};
    auto read = [info](const Node& node, const OptionReader& reader, std::any& options) {
        auto& settings = std::any_cast<Sample::Options&>(options).settings;
        return read_setting(node, reader, info, settings[info.name]);
    };
    return {std::move(info), std::move(read)};
}

/// Of an option without choices and bounds.
OptionInfo info_for(std::string name, std::string type, std::string help) {
    OptionInfo info{};
    info.name = std::move(name);
    info.type = std::move(type);
    info.help = std::move(help);
    return info;
}

/// Of item i, or of the one that means the list.
Place place_of(const Node& node, std::size_t i) {
    return node.is_list() ? node.items()[i].place() : node.place();
}

/// A list of texts, each as `parse` reads it; a wrong one is a fault at its place.
template <typename Choice, typename Parse>
Option list_option(std::string name,
                   std::vector<Choice> Sample::Options::*member,
                   std::string help,
                   Parse parse) {
    OptionInfo info = info_for(std::move(name), "list of text", std::move(help));
    auto read = [info, member, parse](const Node& node, const OptionReader& reader, std::any& any) {
        std::vector<std::string> texts;
        if (!reader.read(node, info, texts)) return false;
        auto& good = std::any_cast<Sample::Options&>(any).*member;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            try {
                good.push_back(parse(texts[i]));
            } catch (const DataError& error) {
                reader.diagnostics.error(place_of(node, i),
                                         "wrong-" + info.name,
                                         fmt::format("'{}': {}", texts[i], error.what()));
            }
        }
        return good.size() == texts.size();
    };
    return {std::move(info), std::move(read)};
}

/// `1%` or `0.01`.
bool read_share(const Node& node,
                const OptionReader& reader,
                const OptionInfo& info,
                std::optional<double>& share) {
    const auto read = parse_share(node.is_scalar() ? node.text() : "");
    if (!read) return reader.refuse(node, info);
    share = *read;
    return true;
}

/// What an option can be; ids, for instance, are none.
template <typename T>
constexpr bool is_readable = requires(const OptionReader& reader, const Node& node, T& value) {
    reader.read(node, OptionInfo{}, value);
};
template <typename T>
constexpr bool is_readable<std::optional<T>> = is_readable<T>;

/// A field of the request as an option of the stage.
template <typename Value, auto... Path>
Option option_for(const Field<Path...>& each) {
    OptionInfo info =
        info_for(std::string(each.info.option), type_word<Value>(), std::string(each.info.help));
    if (each.info.is_share) info.type = "share";
    const SamplingRequest usual;
    info.fallback = fallback_of(each.of(usual));
    auto read = [info, is_share = each.info.is_share](
                    const Node& node, const OptionReader& reader, std::any& options) {
        auto& value = Field<Path...>::of(std::any_cast<Sample::Options&>(options).asked);
        if constexpr (std::is_same_v<Value, std::optional<double>>)
            if (is_share) return read_share(node, reader, info, value);
        return reader.read(node, info, value);
    };
    return {std::move(info), std::move(read)};
}

using StrategyChoices = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// Those for which a job has all that they need.
StrategyChoices strategies_of_jobs() {
    StrategyChoices names;
    for (const auto& strategy : selection::strategies())
        if (!strategy.needs_probabilities) names.emplace_back(strategy.name, strategy.name);
    return names;
}

StrategyChoices methods() {
    StrategyChoices names;
    for (const auto method : sampling_methods)
        names.emplace_back(to_string(method), strategy_name(method));
    return names;
}

StageType without_settings() {
    using Options = Sample::Options;
    return StageType::of<Sample>("sample", "Asks the platform to select samples; poll_job waits.")
        .reads<TagSet>()
        .sends<SamplingJob>()
        .acts_outside()
        .choice("strategy",
                &Options::strategy,
                "Strategy; default: coreset. auto suits most pools, see STRATEGIES.md.",
                strategies_of_jobs())
        .choice("method", &Options::method, "Strategy by Lightly's name.", methods())
        .option("similar_to",
                &Options::similar_to,
                "Tag of the samples to be similar to, for similarity.")
        .option("n_samples",
                &Options::n_samples,
                "Size of the result with preselected samples.",
                {.required = false, .min = 1, .max = {}})
        .option("n_new",
                &Options::n_new,
                "Number of samples to add.",
                {.required = false, .min = 1, .max = {}})
        .goes_by(score_uses)
        .needs_embeddings(needs_embeddings)
        .check(check);
}

}  // namespace

StageType sample() {
    StageType type = without_settings();
    for_each_field(
        request_fields, [&]<auto... Path>(const Field<Path...>& each) {
            using Value =
                std::remove_reference_t<decltype(each.of(std::declval<SamplingRequest&>()))>;
            if constexpr (is_readable<Value>)
                if (!each.info.option.empty()) type.options.push_back(option_for<Value>(each));
        });
    type.options.push_back(list_option(
        "goals",
        &Sample::Options::goals,
        "Goals of combined or balance: diversity, typicality, similarity, weights=SCORE, each with "
        "^STRENGTH; balance=SCORE+SCORE:2, one score column per category with its ratio.",
        [](const std::string& text) { return selection::parse_goal_of_job(text); }));
    type.options.push_back(list_option(
        "thresholds",
        &Sample::Options::thresholds,
        "SCORE>=NUMBER or SCORE<=NUMBER: excludes samples outside the bound.",
        [](const std::string& text) { return selection::parse_threshold(text, "SCORE"); }));
    for (const auto& setting : selection::strategy_settings())
        type.options.push_back(option_for(setting));
    return type;
}

}  // namespace trommel::stages
