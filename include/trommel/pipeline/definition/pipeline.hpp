// A pipeline file, read and checked: what `trommel lint` accepts and `trommel run` runs.
#pragma once

#include "trommel/pipeline/definition/hook_spec.hpp"
#include "trommel/pipeline/definition/matrix_spec.hpp"
#include "trommel/pipeline/definition/policies.hpp"
#include "trommel/pipeline/definition/schedule/schedule_spec.hpp"
#include "trommel/pipeline/definition/test_spec.hpp"
#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/expression.hpp"
#include "trommel/pipeline/language/node.hpp"
#include "trommel/pipeline/stage/registry.hpp"
#include "trommel/pipeline/stage/secrets.hpp"
#include "trommel/runtime/limiter.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace trommel {

struct TaggedSamples {
    std::string tag{};
};

struct NamedSamples {
    std::filesystem::path file{};  ///< one file name a line
};

/// Drawn from the pool; a count or a share of it.
struct RandomSamples {
    std::variant<std::int64_t, double> amount{std::int64_t{1}};
    std::optional<std::int64_t> seed{};  ///< default: the run's
};

/// Which samples: `{tag: NAME}`, `{names: FILE}`, `{random: 20}` or `{random: {n | share, seed}}`.
using SampleSource = std::variant<TaggedSamples, NamedSamples, RandomSamples>;

/// A server that speaks the Lightly v1 API.
struct RemotePlatform {
    std::string url{};
    std::string token{};              ///< as it is; empty: none
    std::filesystem::path ca_file{};  ///< certificates to trust; empty: the system's
};

struct PlatformSpec {
    /// The embedded platform's database; none: a new one in each run's directory.
    std::optional<std::filesystem::path> database{};
    /// In place of the embedded platform.
    std::optional<RemotePlatform> remote{};

    /// Whether what is there at a run's end is there when the next one begins.
    bool outlives_runs() const { return database || remote; }
};

/// The pool, from a file of embeddings or, where nothing needs those, of names alone.
struct DatasetSpec {
    std::string name{};
    std::filesystem::path embeddings{};
    std::filesystem::path names{};  ///< one a line; empty: those of the embeddings
    std::optional<SampleSource> holdout{};
    std::vector<std::string> classes{};  ///< the schema; empty: what the oracle knows

    /// The file that says which samples there are.
    const std::filesystem::path& file() const { return names.empty() ? embeddings : names; }
};

/// A set of samples that outlives a round; a stage that `writes` it replaces it when the round
/// ends.
struct StateSpec {
    std::string name{};
    std::optional<SampleSource> init{};  ///< none: it begins empty
    /// Under this name the platform keeps it from run to run; empty: it ends with the run.
    std::string tag{};
};

/// A score that a stage uses.
struct NamedScore {
    std::string name{};
    Place place{};
};

struct StageSpec {
    std::string name{};
    Place place{};
    const StageType* type = nullptr;
    std::optional<Node> with{};          ///< as written: references not resolved
    std::vector<std::string> from{};     ///< stages whose output it reads
    std::vector<std::string> needs{};    ///< stages that must have ended
    std::string writes{};                ///< the state that its output becomes; empty: none
    Policies policies{};                 ///< its own, over those of `defaults`
    std::optional<Expression> when{};    ///< runs in the rounds for which this holds; none: in all
    std::vector<std::string> metrics{};  ///< what it measures
    ScoreColumns scores{};               ///< of what it sends
    ScoreColumns stored{};               ///< that are kept with the tags once it has run
    std::vector<NamedScore> score_uses{};
    std::vector<NamedFile> files{};  ///< that its options name, but what only a round knows
};

/// What `budget` reckons with.
struct CostSpec {
    struct OfStage {
        std::string stage{};
        double amount = 0;
        Place place{};
    };

    double per_label = 0;           ///< of each label that a label stage gives
    std::vector<OfStage> stages{};  ///< of each run
    Place place{};                  ///< line 0: no costs were given

    bool is_given() const { return place.line > 0; }
    double of_stage(std::string_view stage) const;
};

struct RoundsSpec {
    enum class OnExhausted { ok, fail };

    std::int64_t max = 1;
    std::optional<Expression> until{};
    CostSpec cost{};
    OnExhausted on_exhausted =
        OnExhausted::ok;  ///< what it means when `max` ends the loop, not `until`
};

/// The registry that it was read with must outlive it.
struct Pipeline {
    SourceText source{};
    std::filesystem::path folder{};  ///< of the file: what relative paths in it are relative to
    SourceTexts bases{};             ///< the files that it extends; Place::file counts from them
    std::string name{};
    PlatformSpec platform{};
    DatasetSpec dataset{};
    std::map<std::string, Node> params{};  ///< values, overrides applied
    /// The same pipeline with some params changed, to compare with; null: none.
    std::shared_ptr<const Pipeline> baseline{};
    MatrixSpec matrix{};  ///< what a sweep varies; no axes: nothing
    std::vector<StateSpec> state{};
    Secrets secrets{};
    std::map<std::string, Limit> limits{};  ///< that stages share
    std::vector<StageSpec> stages{};        ///< each after all that it reads from or needs
    RoundsSpec rounds{};
    std::vector<ScheduleSpec> schedules{};  ///< when `trommel serve` runs it; empty: never
    std::vector<HookSpec> hooks{};          ///< in the file's order
    std::vector<TestSpec> tests{};          ///< what `trommel test` makes sure of
    std::vector<NamedFile> files{};         ///< named by all but stages, which have their own
    Node document{Node::null({})};          ///< as parsed, put over its bases

    const StageSpec* find_stage(std::string_view stage) const;
    /// The name of the file that the place is in, and the folder that paths in it are relative to.
    const std::string& file_of(const Place& place) const;
    std::filesystem::path folder_of(std::uint32_t file) const;
    /// The run's seed: the param `seed`, 0 if there is none.
    std::uint64_t seed() const;
};

/// All that may appear in a pipeline file, but for `uses` and `with` of a stage, which are as its
/// kind declares.
OptionInfo pipeline_info();
/// Whether the files that a pipeline names are opened, as far as their header, when it is checked.
enum class InputFiles { unchecked, checked };

/// Reads and checks the whole file; what is wrong goes to `diagnostics`, and nothing comes back if
/// that holds an error. Throws ConfigError for an override that names no param or does not fit it.
std::optional<Pipeline> read_pipeline(const SourceText& source,
                                      const std::filesystem::path& folder,
                                      const Registry& registry,
                                      const Overrides& overrides,
                                      Diagnostics& diagnostics,
                                      InputFiles files = InputFiles::unchecked);

/// The same from a file; throws ConfigErrors with everything that is wrong.
Pipeline load_pipeline(const std::filesystem::path& file,
                       const Registry& registry,
                       const Overrides& overrides = {},
                       InputFiles files = InputFiles::unchecked);

/// What changes from round to round, for `${round}`, `${run.…}` and `${state.…}`.
struct RoundValues {
    std::uint32_t round = 1;
    std::string run{};                           ///< the run's id
    std::map<std::string, std::string> state{};  ///< tag names by state
};

/// The stage's options for one round, its references resolved. Throws ConfigErrors if a value that
/// only a round knows does not fit.
std::any resolve_options(const Pipeline& pipeline,
                         const StageSpec& stage,
                         const RoundValues& values);

/// The whole pipeline as YAML with params resolved and every option of every stage filled in.
std::string resolved_yaml(const Pipeline& pipeline);

}  // namespace trommel
