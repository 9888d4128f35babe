#include "pipeline/definition/load/stages.hpp"

#include "pipeline/definition/load/policies.hpp"
#include "pipeline/definition/load/score_flow.hpp"
#include "pipeline/definition/reader/references.hpp"
#include "pipeline/definition/reader/scopes.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel {
namespace {

class StageReader {
public:
    StageReader(const StageScope& scope, Diagnostics& diagnostics)
        : scope_(scope),
          fixed_(deferred_scope_of(scope.params, scope.state, scope.secrets)),
          example_(scope_of(scope.params, example_values(scope.state), scope.secrets)),
          diagnostics_(diagnostics) {}

    void read(const NodeEntry& entry, ReadStages& all) {
        Section section(entry.value, fmt::format("stage '{}'", entry.key), diagnostics_);
        stage_ = {};
        places_ = {};
        stage_.name = entry.key;
        stage_.place = entry.key_place;
        check_name(entry);
        const OptionReader reader{diagnostics_, scope_.folder, &fixed_};
        keys().read_keys(section, reader, *this);
        stage_.policies = scope_.defaults;
        read_policies(section, reader, scope_.limits, stage_.policies);
        section.refuse_others();
        if (stage_.type != nullptr) check_type(stage_, section);
        all.stages.push_back(std::move(stage_));
        all.places.push_back(std::move(places_));
    }

    /// The keys of a stage that are not policies.
    static const MapType<StageReader>& keys() {
        const OptionInfo names = info_of({}, "list of text");
        static const auto keys =
            MapType<StageReader>()
                .key(uses_info(),
                     [](const Node& uses, const OptionReader&, StageReader& reader) {
                         reader.stage_.type = reader.type_named(uses);
                     })
                .literal()
                .key(info_of("with", "options of the kind").as("with", "Its options."),
                     [](const Node& with, const OptionReader&, StageReader& reader) {
                         reader.stage_.with = with;
                     })
                .literal()
                .key(names.as("from", "Stages to read from."),
                     [](const Node& from, const OptionReader&, StageReader& reader) {
                         reader.read_names(from, "from", reader.stage_.from, reader.places_.from);
                     })
                .literal()
                .key(names.as("needs", "Stages that must end first."),
                     [](const Node& needs, const OptionReader&, StageReader& reader) {
                         reader.read_names(
                             needs, "needs", reader.stage_.needs, reader.places_.needs);
                     })
                .literal()
                .key(info_of("writes", "text")
                         .as("writes", "State to set to the stage's tag at the end of the round."),
                     [](const Node& writes, const OptionReader&, StageReader& reader) {
                         reader.stage_.writes = reader.read_writes(writes, reader.stage_);
                     })
                .literal()
                .key(info_of("when", "expression")
                         .as("when", "Condition: the stage runs only in rounds where it is true."),
                     [](const Node& when, const OptionReader&, StageReader& reader) {
                         reader.stage_.when = parse_expression(when, reader.diagnostics_);
                     })
                .literal();
        return keys;
    }

private:
    static OptionInfo uses_info() {
        OptionInfo uses = info_of("uses", "kind of stage").as("uses", "The kind of stage.");
        uses.required = true;
        return uses;
    }

    /// Names of stages appear in `metrics.<stage>.<name>`, in files and in tags.
    void check_name(const NodeEntry& entry) {
        const auto fits = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
        };
        if (!entry.key.empty() && std::ranges::all_of(entry.key, fits)) return;
        diagnostics_.error(entry.key_place,
                           "bad-name",
                           fmt::format("'{}' is not a name for a stage", entry.key),
                           "use letters, digits, '_' and '-'");
    }

    const StageType* type_named(const Node& uses) {
        const StageType* type = scope_.registry.find(uses.text());
        if (type != nullptr && uses.is_scalar()) return type;
        std::vector<std::string> names;
        for (const auto& [name, known] : scope_.registry.types()) names.push_back(name);
        diagnostics_.error(uses.place(),
                           "unknown-stage-type",
                           fmt::format("there is no kind of stage {}", describe(uses)),
                           did_you_mean(uses.text(), names));
        return nullptr;
    }

    void read_names(const Node& node,
                    const std::string& key,
                    std::vector<std::string>& names,
                    std::vector<Place>& places) {
        OptionInfo info;
        info.name = key;
        info.type = "list of text";
        if (!OptionReader{diagnostics_, {}}.read(node, info, names)) return;
        if (node.is_scalar()) places.push_back(node.place());
        for (const Node& item : node.items()) places.push_back(item.place());
        for (std::size_t i = 0; i < names.size(); ++i)
            if (std::ranges::count(names, names[i]) > 1) {
                diagnostics_.error(places[i],
                                   "duplicate",
                                   fmt::format("'{}' appears in '{}' twice", names[i], key));
                break;
            }
    }

    std::string read_writes(const Node& writes, const StageSpec& stage) {
        std::vector<std::string> names;
        for (const auto& state : scope_.state) names.push_back(state.name);
        if (std::ranges::count(names, writes.text()) == 0)
            diagnostics_.error(writes.place(),
                               "unknown-state",
                               fmt::format("there is no state {}", describe(writes)),
                               did_you_mean(writes.text(), names));
        else if (stage.type != nullptr && stage.type->output != TagSet::port)
            diagnostics_.error(
                writes.place(),
                "port-type",
                fmt::format("'{}' sends no tag, so it cannot write a state", stage.type->name));
        return writes.text();
    }

    void check_type(StageSpec& stage, const Section& section) {
        if (stage.type->needs_holdout && !scope_.has_holdout)
            diagnostics_.error(stage.place,
                               "no-holdout",
                               fmt::format("'{}' measures on held-out samples, and there are none",
                                           stage.type->name),
                               "add 'holdout: {random: {share: 20%}}' to 'dataset'");
        const auto errors = diagnostics_.errors();
        const std::any options =
            read_stage_options(stage, example_, scope_.folder, diagnostics_, &stage.files);
        std::erase_if(stage.files, [&](const NamedFile& file) {
            const Node* written = stage.with->find(file.option);
            return written != nullptr && is_known_in_a_round_alone(*written);
        });
        if (stage.with) check_choices(stage);
        stage.scores = ScoreColumns::unknown();  // so that one mistake gives one message
        if (diagnostics_.errors() > errors) return;
        fit_policies(section, *stage.type, options, diagnostics_, stage.policies);
        check_embeddings(stage, options);
        if (stage.type->metrics) stage.metrics = stage.type->metrics(options);
        note_scores(stage, options);
        if (stage.policies.on_error != OnError::fail) return;  // its first record may be bad
        for (auto& file : stage.files)
            if (file.option == stage.type->opened)
                file.open = [open = stage.type->open, options] { open(options); };
    }

    void check_embeddings(const StageSpec& stage, const std::any& options) {
        if (scope_.may_have_embeddings || !stage.type->needs_embeddings ||
            !stage.type->needs_embeddings(options))
            return;
        diagnostics_.error(
            stage.place,
            "no-embeddings",
            fmt::format("'{}' needs embeddings, and the dataset has names alone", stage.name),
            "give 'embeddings: FILE' in place of 'names' in 'dataset'");
    }

    static bool is_known_in_a_round_alone(const Node& value) {
        bool is = false;
        for (const auto* root : {"round", "run", "state"})
            for_each_reference(value, root, [&](const Node&, const Reference&) { is = true; });
        return is;
    }

    /// What a param may be that an option is, the option must take, though nobody has chosen it.
    void check_choices(const StageSpec& stage) {
        for (const auto& option : stage.type->options) {
            const Node* value = stage.with->find(option.info.name);
            if (option.info.choices.empty() || value == nullptr || !value->is_scalar()) continue;
            for_each_reference(*value, "params", [&](const Node&, const Reference& reference) {
                const auto param = scope_.param_specs.find(reference.path);
                if (param == scope_.param_specs.end()) return;
                if (value->text() != fmt::format("${{params.{}}}", reference.path)) return;
                for (const auto& choice : param->second.info.choices)
                    check_choice(option.info, *value, reference.path, choice);
            });
        }
    }

    void check_choice(const OptionInfo& option,
                      const Node& value,
                      const std::string& param,
                      const std::string& choice) {
        if (std::ranges::count(option.choices, choice) > 0) return;
        diagnostics_.error(
            value.place(),
            "unknown-choice",
            fmt::format(
                "'{}' cannot be '{}', which the param '{}' may be", option.name, choice, param),
            meant_or_all(choice, option.choices));
    }

    const StageScope& scope_;
    StageSpec stage_{};  ///< the one that is read
    StagePlaces places_{};
    Scope fixed_;    ///< with what only a round knows left as written
    Scope example_;  ///< with what a round might bring
    Diagnostics& diagnostics_;
};

}  // namespace

std::any read_stage_options(const StageSpec& stage,
                            const Scope& scope,
                            const std::filesystem::path& folder,
                            Diagnostics& diagnostics,
                            std::vector<NamedFile>* files) {
    std::any options = stage.type->defaults;
    const auto errors = diagnostics.errors();
    std::optional<Node> with;
    if (stage.with) with = resolve(*stage.with, scope, diagnostics);
    const OptionReader reader{diagnostics, folder, nullptr, files};
    read_options(stage.type->options,
                 with ? &*with : nullptr,
                 {.name = stage.type->name, .place = stage.place},
                 reader,
                 options);
    if (!stage.type->check || diagnostics.errors() > errors) return options;
    stage.type->check(options, [&](const std::string& option, const std::string& message) {
        const Node* value = with ? with->find(option) : nullptr;
        diagnostics.error(value == nullptr ? stage.place : value->place(), "bad-option", message);
    });
    return options;
}

OptionInfo stage_info() {
    OptionInfo info = StageReader::keys().info();
    info.type = "stage";
    for (const auto& policy : policies_info().parts) info.parts.push_back(policy);
    return info;
}

ReadStages read_stages(const Node& stages, const StageScope& scope, Diagnostics& diagnostics) {
    ReadStages all;
    if (!stages.is_map() || stages.entries().empty())
        diagnostics.error(
            stages.place(), "wrong-type", "'stages' must be a map with at least one stage");
    StageReader reader(scope, diagnostics);
    for (const auto& entry : stages.entries()) reader.read(entry, all);
    return all;
}

}  // namespace trommel
