// The pipeline file, from its text to a checked Pipeline; all that is wrong is found in one pass.

#include "pipeline/load/graph.hpp"
#include "pipeline/load/params.hpp"
#include "pipeline/load/scopes.hpp"
#include "pipeline/load/section.hpp"
#include "pipeline/load/stages.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/units.hpp"
#include "trommel/pipeline/language/yaml.hpp"
#include "trommel/pipeline/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

OptionInfo info_of(std::string name, std::string type, std::optional<double> min = {}) {
    OptionInfo info;
    info.name = std::move(name);
    info.type = std::move(type);
    info.min = min;
    return info;
}

class PipelineReader {
public:
    PipelineReader(const Registry& registry,
                   const Overrides& overrides,
                   std::filesystem::path folder,
                   Diagnostics& diagnostics)
        : registry_(registry), overrides_(overrides), reader_{diagnostics, std::move(folder)} {}

    void read(const Node& document, Pipeline& pipeline) {
        Section top(document, "the pipeline", reader_.diagnostics);
        read_version(top);
        if (const Node* name = top.need("name")) read_name(*name, pipeline.name);
        read_params_of(top, pipeline);
        resolved_ = scope_of(pipeline.params, {});
        if (const Node* platform = top.find("platform"))
            read_platform(*platform, pipeline.platform);
        if (const Node* dataset = top.need("dataset")) read_dataset(*dataset, pipeline.dataset);
        if (const Node* state = top.find("state")) read_state(*state, pipeline.state);
        if (const Node* stages = top.need("stages")) read_graph(*stages, pipeline);
        if (const Node* rounds = top.find("rounds")) read_rounds(*rounds, pipeline.rounds);
        top.refuse_others();
        check_expressions(pipeline);
    }

    /// The params that the baseline changes; empty if there is none.
    const Overrides& baseline() const { return baseline_; }

private:
    Diagnostics& diagnostics() { return reader_.diagnostics; }

    void read_version(Section& top) {
        const Node* version = top.need("version");
        if (version == nullptr || version->text() == "1") return;
        diagnostics().error(
            version->place(),
            "unknown-version",
            fmt::format("this trommel reads version 1 of the pipeline language, not {}",
                        describe(*version)));
    }

    /// A name that serves as a part of file names and tags.
    void read_name(const Node& node, std::string& name) {
        const auto fits = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                   c == ' ';
        };
        if (!reader_.read(node, info_of("name", "text"), name)) return;
        const bool begins_well =
            !name.empty() && std::isalnum(static_cast<unsigned char>(name.front())) != 0;
        if (name.size() >= 3 && begins_well && std::ranges::all_of(name, fits)) return;
        diagnostics().error(node.place(),
                            "bad-name",
                            fmt::format("{} is no good name", describe(node)),
                            "use three or more letters, digits, '_', '-' and blanks");
    }

    void read_params_of(Section& top, Pipeline& pipeline) {
        Scope scope;
        scope.set("env", environment_root());
        ParamSpecs specs;
        if (const Node* params = top.find("params"))
            specs = read_params(*params, scope, diagnostics());
        pipeline.params = param_values(specs, overrides_, diagnostics());
        check_seed(specs, pipeline);
        if (const Node* baseline = top.find("baseline"))
            read_baseline(*baseline, specs, pipeline.params);
    }

    void read_baseline(const Node& node,
                       const ParamSpecs& specs,
                       const std::map<std::string, Node>& params) {
        const Node resolved = resolve(node, scope_of(params, {}), diagnostics());
        std::vector<std::string> names;
        for (const auto& [name, spec] : specs) names.push_back(name);
        if (resolved.entries().empty())
            diagnostics().error(node.place(), "wrong-type", "'baseline' must be a map of params");
        for (const auto& [name, place, value] : resolved.entries())
            if (const auto spec = specs.find(name); spec == specs.end())
                diagnostics().error(place,
                                    "unknown-key",
                                    fmt::format("'baseline' sets '{}', which is no param", name),
                                    did_you_mean(name, names));
            else if (check_param(spec->second, value, diagnostics()))
                baseline_.emplace_back(name, canonical(scalar_of(value)));
    }

    void check_seed(const ParamSpecs& specs, const Pipeline& pipeline) {
        const auto spec = specs.find("seed");
        const auto seed = pipeline.params.find("seed");
        if (spec == specs.end() || seed == pipeline.params.end()) return;
        std::int64_t ignored = 0;
        reader_.read(seed->second.at(spec->second.place), info_of("seed", "integer", 0), ignored);
    }

    void read_platform(const Node& node, PlatformSpec& platform) {
        const Node resolved = resolve(node, resolved_, diagnostics());
        if (resolved.is_scalar()) {
            if (resolved.text() != "embedded")
                diagnostics().error(node.place(),
                                    "unknown-choice",
                                    fmt::format("there is no platform {}", describe(resolved)),
                                    "write 'embedded', or '{embedded: FILE}' to keep its database");
            return;
        }
        Section section(resolved, "the platform", diagnostics());
        if (const Node* file = section.need("embedded"))
            reader_.read(*file, info_of("embedded", "path"), platform.database.emplace());
        section.refuse_others();
    }

    void read_dataset(const Node& node, DatasetSpec& dataset) {
        const Node resolved = resolve(node, resolved_, diagnostics());
        Section section(resolved, "the dataset", diagnostics());
        if (const Node* name = section.need("name")) read_name(*name, dataset.name);
        if (const Node* file = section.need("embeddings"))
            reader_.read(*file, info_of("embeddings", "path"), dataset.embeddings);
        if (const Node* holdout = section.find("holdout"))
            dataset.holdout = read_source(*holdout, "the hold-out set");
        section.refuse_others();
    }

    std::optional<SampleSource> read_source(const Node& node, const std::string& owner) {
        Section section(node, owner, diagnostics());
        std::optional<SampleSource> source;
        if (const Node* tag = section.find("tag"))
            reader_.read(*tag,
                         info_of("tag", "text"),
                         source.emplace(TaggedSamples{}).emplace<TaggedSamples>().tag);
        if (const Node* names = section.find("names"))
            reader_.read(*names,
                         info_of("names", "path"),
                         source.emplace(NamedSamples{}).emplace<NamedSamples>().file);
        if (const Node* random = section.find("random")) source = read_random(*random);
        section.refuse_others();
        if (node.is_map() && node.entries().size() != 1)
            diagnostics().error(
                node.place(),
                "ambiguous",
                fmt::format("{} must be one of {{tag: NAME}}, {{names: FILE}} and {{random: N}}",
                            owner));
        return source;
    }

    RandomSamples read_random(const Node& node) {
        RandomSamples random;
        if (node.is_scalar()) {
            reader_.read(
                node, info_of("random", "integer", 1), random.amount.emplace<std::int64_t>());
            return random;
        }
        Section section(node, "the draw", diagnostics());
        const Node* count = section.find("n");
        const Node* share = section.find("share");
        if ((count == nullptr) == (share == nullptr))
            diagnostics().error(node.place(), "ambiguous", "the draw needs either 'n' or 'share'");
        else if (count != nullptr)
            reader_.read(*count, info_of("n", "integer", 1), random.amount.emplace<std::int64_t>());
        else
            random.amount = read_share(*share);
        if (const Node* seed = section.find("seed"))
            reader_.read(*seed, info_of("seed", "integer", 0), random.seed.emplace());
        section.refuse_others();
        return random;
    }

    double read_share(const Node& node) {
        const auto share = parse_share(node.text());
        if (share && *share > 0) return *share;
        diagnostics().error(
            node.place(),
            "wrong-type",
            fmt::format("'share' must be above 0 and at most 1, such as 20% or 0.2, not {}",
                        describe(node)));
        return 1;
    }

    void read_state(const Node& node, std::vector<StateSpec>& states) {
        const Node resolved = resolve(node, resolved_, diagnostics());
        if (!resolved.is_map())
            diagnostics().error(node.place(), "wrong-type", "'state' must be a map");
        for (const auto& [name, place, value] : resolved.entries()) {
            StateSpec state;
            state.name = name;
            Section section(value, fmt::format("state '{}'", name), diagnostics());
            if (const Node* init = section.find("init"))
                state.init = read_source(*init, fmt::format("the initial set of '{}'", name));
            section.refuse_others();
            states.push_back(std::move(state));
        }
    }

    void read_graph(const Node& node, Pipeline& pipeline) {
        const StageScope scope{.registry = registry_,
                               .state = pipeline.state,
                               .params = pipeline.params,
                               .folder = reader_.folder,
                               .has_holdout = pipeline.dataset.holdout.has_value()};
        auto [stages, places] = read_stages(node, scope, diagnostics());
        check_graph(stages, places, diagnostics());
        check_writers(stages);
        pipeline.stages = std::move(stages);
    }

    void check_writers(const std::vector<StageSpec>& stages) {
        for (const auto& stage : stages)
            if (!stage.writes.empty() &&
                std::ranges::count(stages, stage.writes, &StageSpec::writes) > 1 && !stage.when)
                diagnostics().error(
                    stage.place,
                    "duplicate",
                    fmt::format("another stage writes the state '{}' too", stage.writes),
                    "give each a 'when' so that one of them runs in a round");
    }

    void read_rounds(const Node& node, RoundsSpec& rounds) {
        Section section(node, "'rounds'", diagnostics());
        if (const Node* max = section.need("max")) {
            const Node resolved = resolve(*max, resolved_, diagnostics());
            reader_.read(resolved, info_of("max", "integer", 1), rounds.max);
        }
        if (const Node* until = section.find("until"))
            rounds.until = parse_expression(*until, diagnostics());
        if (const Node* exhausted = section.find("on_exhausted")) {
            OptionInfo info = info_of("on_exhausted", "choice");
            info.choices = {"ok", "fail"};
            std::string word;
            if (reader_.read(*exhausted, info, word) && word == "fail")
                rounds.on_exhausted = RoundsSpec::OnExhausted::fail;
        }
        section.refuse_others();
    }

    using TypedPaths = std::vector<std::pair<std::string, Expression::Type>>;

    /// What `until` and `when` may speak of.
    static TypedPaths paths_of(const Pipeline& pipeline) {
        TypedPaths paths;
        for (const auto& [name, value] : pipeline.params)
            paths.emplace_back("params." + name, type_of(value));
        for (const auto& state : pipeline.state)
            paths.emplace_back(fmt::format("state.{}.count", state.name), Expression::Type::number);
        for (const auto& stage : pipeline.stages)
            for (const auto& metric : stage.metrics)
                paths.emplace_back(fmt::format("metrics.{}.{}", stage.name, metric),
                                   Expression::Type::number);
        return paths;
    }

    void check_expressions(const Pipeline& pipeline) {
        const auto types = [paths = paths_of(pipeline)](std::string_view path) {
            PathType found;
            for (const auto& [known, type] : paths) {
                if (known == path) found.type = type;
                found.known.push_back(known);
            }
            return found;
        };
        if (pipeline.rounds.until) check(*pipeline.rounds.until, types, diagnostics());
        for (const auto& stage : pipeline.stages)
            if (stage.when) check(*stage.when, types, diagnostics());
    }

    static Expression::Type type_of(const Node& value) {
        const Scalar scalar = scalar_of(value);
        if (std::holds_alternative<bool>(scalar)) return Expression::Type::boolean;
        if (std::holds_alternative<std::string>(scalar)) return Expression::Type::text;
        return Expression::Type::number;
    }

    const Registry& registry_;
    const Overrides& overrides_;
    OptionReader reader_;
    Scope resolved_;
    Overrides baseline_;
};

/// Reads the pipeline but not its baseline, whose params come back beside it.
std::pair<Pipeline, Overrides> read_alone(const SourceText& source,
                                          const Node& document,
                                          const Registry& registry,
                                          const Overrides& overrides,
                                          const OptionReader& where) {
    Pipeline pipeline;
    pipeline.source = source;
    pipeline.folder = where.folder;
    pipeline.document = document;
    PipelineReader reader(registry, overrides, where.folder, where.diagnostics);
    reader.read(document, pipeline);
    return {std::move(pipeline), reader.baseline()};
}

}  // namespace

std::optional<Pipeline> read_pipeline(const SourceText& source,
                                      const std::filesystem::path& folder,
                                      const Registry& registry,
                                      const Overrides& overrides,
                                      Diagnostics& diagnostics) {
    const auto document = parse_yaml(source, diagnostics);
    if (!document) return std::nullopt;
    const OptionReader where{diagnostics, folder};
    auto [pipeline, changed] = read_alone(source, *document, registry, overrides, where);
    if (!changed.empty() && !diagnostics.has_errors()) {
        Overrides both = overrides;
        both.insert(both.end(), changed.begin(), changed.end());
        auto baseline = read_alone(source, *document, registry, both, where).first;
        pipeline.baseline = std::make_shared<const Pipeline>(std::move(baseline));
    }
    if (diagnostics.has_errors()) return std::nullopt;
    return std::move(pipeline);
}

Pipeline load_pipeline(const std::filesystem::path& file,
                       const Registry& registry,
                       const Overrides& overrides) {
    const SourceText source = load_source(file);
    Diagnostics diagnostics;
    auto pipeline = read_pipeline(source, file.parent_path(), registry, overrides, diagnostics);
    diagnostics.throw_if_errors(source);
    return *std::move(pipeline);
}

}  // namespace trommel
