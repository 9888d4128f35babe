// The pipeline file, from its text to a checked Pipeline; all that is wrong is found in one pass.

#include "pipeline/definition/load/graph.hpp"
#include "pipeline/definition/load/input_files.hpp"
#include "pipeline/definition/load/matrix.hpp"
#include "pipeline/definition/load/params.hpp"
#include "pipeline/definition/load/policies.hpp"
#include "pipeline/definition/load/score_flow.hpp"
#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/load/stages.hpp"
#include "pipeline/definition/load/tests.hpp"
#include "pipeline/definition/reader/extends.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "pipeline/definition/reader/scopes.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/definition/reader/section.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace trommel {
namespace {

class PipelineReader {
public:
    PipelineReader(const Registry& registry,
                   const Overrides& overrides,
                   std::filesystem::path folder,
                   Diagnostics& diagnostics)
        : registry_(registry),
          overrides_(overrides),
          reader_{diagnostics, std::move(folder), nullptr, &files_} {}

    void read(const Node& document, Pipeline& pipeline) {
        Section top(document, "the pipeline", reader_.diagnostics);
        read_version(top);
        read_params_of(top, pipeline);
        if (const Node* secrets = top.find("secrets")) {
            const Scope scope = scope_of(pipeline.params, {}, {});
            pipeline.secrets = read_secrets(*secrets, reading(scope));
        }
        check_secret_references(document, registry_, diagnostics());
        const Scope scope = scope_of(pipeline.params, {}, pipeline.secrets);
        const OptionReader load = reading(scope);
        if (const Node* name = top.need("name")) read_name(*name, load, pipeline.name);
        if (const Node* platform = top.find("platform")) read_platform_of(*platform, pipeline);
        if (const Node* dataset = top.need("dataset"))
            pipeline.dataset = read_dataset(*dataset, load);
        if (const Node* state = top.find("state")) {
            pipeline.state = read_state(*state, load);
            check_kept(*state, pipeline);
        }
        if (const Node* limits = top.find("limits")) pipeline.limits = read_limits(*limits, load);
        if (const Node* defaults = top.find("defaults")) read_defaults(*defaults, pipeline);
        if (const Node* stages = top.need("stages")) read_graph(*stages, pipeline);
        if (const Node* rounds = top.find("rounds")) pipeline.rounds = read_rounds(*rounds, load);
        if (const Node* schedule = top.find("schedule"))
            pipeline.schedules = read_schedule(*schedule, load);
        if (const Node* hooks = top.find("hooks")) read_hooks_of(*hooks, pipeline);
        if (const Node* tests = top.find("tests"))
            pipeline.tests = read_tests(*tests, specs_, load);
        top.refuse_others();
        check_expressions(pipeline, diagnostics());
        check_costs(pipeline, diagnostics());
        advise(pipeline, diagnostics());
        pipeline.files = std::move(files_);
    }

    /// The params that the baseline changes; empty if there is none.
    const Overrides& baseline() const { return baseline_; }

private:
    Diagnostics& diagnostics() { return reader_.diagnostics; }
    OptionReader reading(const Scope& scope) const {
        return {reader_.diagnostics, reader_.folder, &scope, reader_.files};
    }

    void read_version(Section& top) {
        const Node* version = top.need("version");
        if (version == nullptr || version->text() == "1") return;
        diagnostics().error(
            version->place(),
            "unknown-version",
            fmt::format("this trommel reads version 1 of the pipeline language, not {}",
                        describe(*version)));
    }

    void read_params_of(Section& top, Pipeline& pipeline) {
        Scope scope;
        scope.set("env", environment_root());
        if (const Node* secrets = top.node().find("secrets"))
            scope.set("secrets", deferred_root(secrets->keys()));
        ParamSpecs specs;
        if (const Node* params = top.find("params"))
            specs = read_params(*params, scope, diagnostics());
        pipeline.params = param_values(specs, overrides_, diagnostics());
        check_seed(specs, pipeline);
        if (const Node* baseline = top.find("baseline"))
            read_baseline(*baseline, specs, pipeline.params);
        const Scope values = scope_of(pipeline.params, {}, {});
        if (const Node* matrix = top.find("matrix"))
            pipeline.matrix = read_matrix(*matrix, specs, reading(values));
        check_matrix_references(top.node(), pipeline.matrix, diagnostics());
        specs_ = std::move(specs);
    }

    void read_baseline(const Node& node,
                       const ParamSpecs& specs,
                       const std::map<std::string, Node>& params) {
        const Node resolved = resolve(node, scope_of(params, {}, {}), diagnostics());
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

    void read_defaults(const Node& node, const Pipeline& pipeline) {
        const Scope fixed = deferred_scope_of(pipeline.params, pipeline.state, pipeline.secrets);
        Section section(node, "'defaults'", diagnostics());
        read_policies(section, reading(fixed), pipeline.limits, defaults_);
        section.refuse_others();
    }

    void read_graph(const Node& node, Pipeline& pipeline) {
        const StageScope scope{.registry = registry_,
                               .state = pipeline.state,
                               .params = pipeline.params,
                               .secrets = pipeline.secrets,
                               .limits = pipeline.limits,
                               .defaults = defaults_,
                               .param_specs = specs_,
                               .folder = reader_.folder,
                               .has_holdout = pipeline.dataset.holdout.has_value()};
        auto [stages, places] = read_stages(node, scope, diagnostics());
        check_graph(stages, places, diagnostics());
        check_writers(stages);
        check_scores(stages, pipeline.platform.outlives_runs(), diagnostics());
        pipeline.stages = std::move(stages);
    }

    /// With the secrets as they are.
    static Scope open_scope_of(const Pipeline& pipeline) {
        Scope scope = scope_of(pipeline.params, {}, pipeline.secrets);
        scope.set("secrets", secrets_root(pipeline.secrets));
        return scope;
    }

    void read_platform_of(const Node& node, Pipeline& pipeline) {
        const Scope scope = open_scope_of(pipeline);
        pipeline.platform = read_platform(node, reading(scope));
    }

    void read_hooks_of(const Node& node, Pipeline& pipeline) {
        const Scope scope = open_scope_of(pipeline);
        pipeline.hooks = read_hooks(node, reading(scope));
    }

    /// A state cannot outlive the run on a platform that does not.
    void check_kept(const Node& node, const Pipeline& pipeline) {
        std::set<std::string> tags;
        for (const auto& state : pipeline.state)
            if (!state.tag.empty() && !tags.insert(state.tag).second)
                diagnostics().error(node.place(),
                                    "duplicate",
                                    fmt::format("two states are kept as '{}'", state.tag),
                                    "give each a tag of its own");
        if (pipeline.platform.outlives_runs()) return;
        for (const auto& state : pipeline.state)
            if (!state.tag.empty())
                diagnostics().error(
                    node.place(),
                    "not-kept",
                    fmt::format("the state '{}' is to outlive the run, but the platform's database "
                                "is in the run's directory",
                                state.name),
                    "keep the database: 'platform: {embedded: FILE}'");
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

    const Registry& registry_;
    const Overrides& overrides_;
    std::vector<NamedFile> files_;  ///< that sections name
    OptionReader reader_;
    ParamSpecs specs_;
    Overrides baseline_;
    Policies defaults_;
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
    pipeline.bases = where.diagnostics.included();
    pipeline.document = document;
    PipelineReader reader(registry, overrides, where.folder, where.diagnostics);
    reader.read(document, pipeline);
    return {std::move(pipeline), reader.baseline()};
}

Overrides together(const Overrides& first, const Overrides& then) {
    Overrides both = first;
    both.insert(both.end(), then.begin(), then.end());
    return both;
}

void check_files(const Pipeline& pipeline, InputFiles files, Diagnostics& diagnostics) {
    if (files == InputFiles::checked) check_input_files(pipeline, diagnostics);
}

/// Each test against the pipeline as its params make it.
void check_tests(const Pipeline& pipeline,
                 const Registry& registry,
                 const Overrides& overrides,
                 const OptionReader& where,
                 InputFiles files) {
    for (const auto& test : pipeline.tests) {
        if (test.params.empty()) {
            check_test(test, pipeline, where.diagnostics);
        } else if (!where.diagnostics.has_errors()) {
            const auto params = together(overrides, test.params);
            const auto as_tested =
                read_alone(pipeline.source, pipeline.document, registry, params, where).first;
            check_test(test, as_tested, where.diagnostics);
            check_files(as_tested, files, where.diagnostics);
        }
    }
}

}  // namespace

std::optional<Pipeline> read_pipeline(const SourceText& source,
                                      const std::filesystem::path& folder,
                                      const Registry& registry,
                                      const Overrides& overrides,
                                      Diagnostics& diagnostics,
                                      InputFiles files) {
    const auto own = parse_yaml(source, diagnostics);
    if (!own) return std::nullopt;
    const auto document = extend(*own, source, folder, diagnostics);
    if (!document) return std::nullopt;
    const OptionReader where{diagnostics, folder};
    auto [pipeline, changed] = read_alone(source, *document, registry, overrides, where);
    if (!changed.empty() && !diagnostics.has_errors()) {
        const auto both = together(overrides, changed);
        auto baseline = read_alone(source, *document, registry, both, where).first;
        check_files(baseline, files, diagnostics);
        pipeline.baseline = std::make_shared<const Pipeline>(std::move(baseline));
    }
    check_files(pipeline, files, diagnostics);
    check_tests(pipeline, registry, overrides, where, files);
    if (diagnostics.has_errors()) return std::nullopt;
    return std::move(pipeline);
}

Pipeline load_pipeline(const std::filesystem::path& file,
                       const Registry& registry,
                       const Overrides& overrides,
                       InputFiles files) {
    const SourceText source = load_source(file);
    Diagnostics diagnostics;
    auto pipeline =
        read_pipeline(source, file.parent_path(), registry, overrides, diagnostics, files);
    diagnostics.throw_if_errors(source);
    return *std::move(pipeline);
}

}  // namespace trommel
