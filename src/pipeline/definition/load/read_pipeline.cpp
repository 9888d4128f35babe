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
#include "trommel/pipeline/definition/reader/map_type.hpp"
#include "trommel/pipeline/language/scalar.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace trommel {
namespace {

/// Reads a whole file. Each top-level key is declared once, with the function that reads it.
class PipelineReader {
public:
    PipelineReader(const Registry& registry,
                   const Overrides& overrides,
                   const OptionReader& where,
                   Pipeline& pipeline)
        : registry_(registry),
          overrides_(overrides),
          reader_{where.diagnostics, where.folder, nullptr, &files_},
          pipeline_(pipeline) {}

    void read(const Node& document) {
        Section top(document, "the pipeline", reader_.diagnostics);
        document_ = &document;
        first_keys().read_keys(top, reader_, *this);
        take_params();
        other_keys().read_keys(top, reader_, *this);
        top.refuse_others();
        check_secret_references(document, registry_, diagnostics());
        check_matrix_references(document, pipeline_.matrix, diagnostics());
        check_expressions(pipeline_, diagnostics());
        check_costs(pipeline_, diagnostics());
        advise(pipeline_, diagnostics());
        pipeline_.files = std::move(files_);
    }

    /// The keys that say what params are.
    static const MapType<PipelineReader>& first_keys() {
        static const auto keys =
            MapType<PipelineReader>()
                .key(version_info(), by(&PipelineReader::read_version))
                .literal()
                .key(extends_info(), [](const Node&, const OptionReader&, PipelineReader&) {})
                .literal()
                .key(params_info(), by(&PipelineReader::read_params_of))
                .literal();
        return keys;
    }

    /// The keys that may refer to params, each after those that it depends on.
    static const MapType<PipelineReader>& other_keys() {
        static const auto keys =
            MapType<PipelineReader>()
                .key(param_values_info(
                         "baseline", "Params of the baseline, a run to compare with.", 1),
                     by(&PipelineReader::read_baseline))
                .literal()
                .key(matrix_info(), by(&PipelineReader::read_matrix_of))
                .literal()
                .key(secrets_info(), section(read_secrets, &Pipeline::secrets))
                .literal()
                .key(required(name_info(
                         "name", "Name of the pipeline and of the directories of its runs.")),
                     by(&PipelineReader::read_name_of))
                .literal()
                .key(platform_info(), open_section(read_platform, &Pipeline::platform))
                .literal()
                .key(required(dataset_info()), section(read_dataset, &Pipeline::dataset))
                .literal()
                .key(state_info(), by(&PipelineReader::read_state_of))
                .literal()
                .key(limits_info(), section(read_limits, &Pipeline::limits))
                .literal()
                .key(policies_info().as("defaults", policies_info().help),
                     by(&PipelineReader::read_defaults))
                .literal()
                .key(required(many_of("named", stage_info(), 1).as("stages", "Stages of a round.")),
                     by(&PipelineReader::read_graph))
                .literal()
                .key(rounds_info(), section(read_rounds, &Pipeline::rounds))
                .literal()
                .key(schedule_info(), section(read_schedule, &Pipeline::schedules))
                .literal()
                .key(hooks_info(), open_section(read_hooks, &Pipeline::hooks))
                .literal()
                .key(tests_info(), by(&PipelineReader::read_tests_of))
                .literal();
        return keys;
    }

    /// The params that the baseline changes; empty if there is none.
    const Overrides& baseline() const { return baseline_; }

private:
    using Read = MapType<PipelineReader>::Read;

    static OptionInfo version_info() {
        OptionInfo version =
            info_of("version", "choice").as("version", "Version of the pipeline language.");
        version.choices = {"1"};
        return required(std::move(version));
    }

    static OptionInfo extends_info() {
        OptionInfo file = info_of({}, "path");
        file.is_literal = true;
        return any_of({file, many_of("list", file, 1)})
            .as("extends", "Base files; this file overrides them key by key; '~' removes a key.");
    }

    static OptionInfo required(OptionInfo info) {
        info.required = true;
        return info;
    }

    static Read by(void (PipelineReader::*read)(const Node&)) {
        return [read](const Node& node, const OptionReader&, PipelineReader& all) {
            (all.*read)(node);
        };
    }

    /// A section that a function of its own reads, with params and the names of secrets.
    template <typename M>
    static Read section(M (*read)(const Node&, const OptionReader&), M Pipeline::*member) {
        return [=](const Node& node, const OptionReader&, PipelineReader& all) {
            const Scope scope = all.values();
            all.pipeline_.*member = read(node, all.reading(scope));
        };
    }

    /// The same for a section that may hold secrets.
    template <typename M>
    static Read open_section(M (*read)(const Node&, const OptionReader&), M Pipeline::*member) {
        return [=](const Node& node, const OptionReader&, PipelineReader& all) {
            Scope scope = all.values();
            scope.set("secrets", secrets_root(all.pipeline_.secrets));
            all.pipeline_.*member = read(node, all.reading(scope));
        };
    }

    Diagnostics& diagnostics() { return reader_.diagnostics; }
    OptionReader reading(const Scope& scope) const {
        return {reader_.diagnostics, reader_.folder, &scope, reader_.files};
    }
    Scope values() const { return scope_of(pipeline_.params, {}, pipeline_.secrets); }

    void read_version(const Node& version) {
        if (version.text() == "1") return;
        diagnostics().error(
            version.place(),
            "unknown-version",
            fmt::format("this trommel reads version 1 of the pipeline language, not {}",
                        describe(version)));
    }

    void read_params_of(const Node& node) {
        Scope scope;
        scope.set("env", environment_root());
        if (const Node* secrets = document_->find("secrets"))
            scope.set("secrets", deferred_root(secrets->keys()));
        specs_ = read_params(node, scope, diagnostics());
    }

    void take_params() {
        pipeline_.params = param_values(specs_, overrides_, diagnostics());
        check_seed();
    }

    void read_baseline(const Node& node) {
        const Node resolved = resolve(node, scope_of(pipeline_.params, {}, {}), diagnostics());
        std::vector<std::string> names;
        for (const auto& [name, spec] : specs_) names.push_back(name);
        if (resolved.entries().empty())
            diagnostics().error(node.place(), "wrong-type", "'baseline' must be a map of params");
        for (const auto& [name, place, value] : resolved.entries())
            if (const auto spec = specs_.find(name); spec == specs_.end())
                diagnostics().error(place,
                                    "unknown-key",
                                    fmt::format("'baseline' sets '{}', which is not a param", name),
                                    did_you_mean(name, names));
            else if (check_param(spec->second, value, diagnostics()))
                baseline_.emplace_back(name, canonical(scalar_of(value)));
    }

    void read_matrix_of(const Node& node) {
        const Scope scope = scope_of(pipeline_.params, {}, {});
        pipeline_.matrix = read_matrix(node, specs_, reading(scope));
    }

    void read_name_of(const Node& node) {
        const Scope scope = values();
        read_name(node, reading(scope), pipeline_.name);
    }

    void read_state_of(const Node& node) {
        const Scope scope = values();
        pipeline_.state = read_state(node, reading(scope));
        check_kept(node);
    }

    void read_tests_of(const Node& node) {
        const Scope scope = values();
        pipeline_.tests = read_tests(node, specs_, reading(scope));
    }

    void check_seed() {
        const auto spec = specs_.find("seed");
        const auto seed = pipeline_.params.find("seed");
        if (spec == specs_.end() || seed == pipeline_.params.end()) return;
        std::int64_t ignored = 0;
        reader_.read(seed->second.at(spec->second.place), info_of("seed", "integer", 0), ignored);
    }

    void read_defaults(const Node& node) {
        const Scope fixed = deferred_scope_of(pipeline_.params, pipeline_.state, pipeline_.secrets);
        Section section(node, "'defaults'", diagnostics());
        read_policies(section, reading(fixed), pipeline_.limits, defaults_);
        section.refuse_others();
    }

    void read_graph(const Node& node) {
        const StageScope scope{.registry = registry_,
                               .state = pipeline_.state,
                               .params = pipeline_.params,
                               .secrets = pipeline_.secrets,
                               .limits = pipeline_.limits,
                               .defaults = defaults_,
                               .param_specs = specs_,
                               .folder = reader_.folder,
                               .has_holdout = pipeline_.dataset.holdout.has_value(),
                               .may_have_embeddings = pipeline_.dataset.names.empty() ||
                                                      pipeline_.platform.outlives_runs()};
        auto [stages, places] = read_stages(node, scope, diagnostics());
        check_graph(stages, places, diagnostics());
        check_writers(stages);
        check_scores(stages, pipeline_.platform.outlives_runs(), diagnostics());
        pipeline_.stages = std::move(stages);
    }

    /// A state cannot outlive the run on a platform that does not.
    void check_kept(const Node& node) {
        std::set<std::string> tags;
        for (const auto& state : pipeline_.state)
            if (!state.tag.empty() && !tags.insert(state.tag).second)
                diagnostics().error(node.place(),
                                    "duplicate",
                                    fmt::format("two states are kept as '{}'", state.tag),
                                    "give each a tag of its own");
        if (pipeline_.platform.outlives_runs()) return;
        for (const auto& state : pipeline_.state)
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
    Pipeline& pipeline_;
    const Node* document_ = nullptr;
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
    PipelineReader reader(registry, overrides, where, pipeline);
    reader.read(document);
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

OptionInfo pipeline_info() {
    OptionInfo info = PipelineReader::first_keys().info();
    for (const auto& key : PipelineReader::other_keys().info().parts) info.parts.push_back(key);
    return info;
}

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
