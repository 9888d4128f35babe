#pragma once

#include "trommel/pipeline/stage/options.hpp"
#include "trommel/pipeline/stage/score_columns.hpp"
#include "trommel/pipeline/stage/stage.hpp"

#include <any>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel {

template <typename StageClass>
class StageTypeBuilder;

struct InputPort {
    std::string_view port;
    bool required = true;
};

/// What becomes of the scores that come in.
enum class ScoreFlow {
    ends,       ///< what is sent has other scores, or none
    goes_on,    ///< they are sent too
    is_stored,  ///< they are kept with the tag, for whoever chooses from it
};

/// What may be kept of a kind of stage, so that it need not run again for the same.
struct CacheRules {
    unsigned version = 0;  ///< goes up when it makes something else of the same; 0: nothing is kept
    /// Its output: it depends on its inputs, its options, the files that these name, the dataset
    /// and the seed alone.
    bool whole = false;
    bool records = false;      ///< it asks about samples one by one, through `context.record_cache`
    bool knows_round = false;  ///< its output may depend on the round's number too
};

/// Everything there is to know about a kind of stage: `trommel components` prints it, `trommel
/// lint` checks files by it, `trommel schema` turns it into JSON Schema.
///
/// Written as a chain, which is the whole registration of a stage:
///
///     return StageType::of<UploadScores>("upload_scores", "Stores scores with the query tag.")
///         .reads<ScoreBatch>()
///         .sends<TagSet>()
///         .option("scores", &Options::scores, "Which scores; all by default.");
///
/// The stage class has a constructor that takes its options struct, named as its member type
/// `Options`.
class StageType {
public:
    using Make = std::function<std::unique_ptr<Stage>(const std::any& options)>;
    /// Finds faults that no single option shows; gets `complain(option, message)`.
    using Complain = std::function<void(const std::string& option, const std::string& message)>;

    template <typename StageClass>
    static StageTypeBuilder<StageClass> of(std::string name, std::string help);

    std::string name{};
    std::string help{};
    std::vector<InputPort> inputs{};
    std::string_view output{};  ///< empty: sends nothing
    std::vector<Option> options{};
    std::any defaults{};  ///< the options struct as it is when nothing is given
    bool needs_holdout = false;
    /// Whether it works on embeddings of the dataset; none: it does not.
    std::function<bool(const std::any& options)> needs_embeddings{};
    std::function<std::vector<std::string>(const std::any& options)> metrics{};
    /// The scores that it adds to what comes in; none: any, if it sends scores at all.
    std::function<ScoreColumns(const std::any& options)> scores{};
    ScoreFlow score_flow = ScoreFlow::ends;
    /// The scores of what comes in that its options name.
    std::function<std::vector<ScoreUse>(const std::any& options)> score_uses{};
    /// Opens the file that the option names as far as its header; throws Error where it is not one
    /// that the stage can read.
    std::function<void(const std::any& options)> open{};
    std::string opened{};
    /// Whether it runs a program of the user's, which may make files.
    bool runs_program = false;
    std::function<void(const std::any& options, const Complain& complain)> check{};
    /// Whether what it sends for a batch depends on that batch alone; none: it does not.
    std::function<bool(const std::any& options)> batchwise{};
    /// Whether it tells `context.records` of records that it cannot use.
    bool records_may_fail = false;
    CacheRules cache{};
    /// Whether it does something to the world outside its run, by `context.effects`.
    bool acts_outside = false;
    Make make{};

    bool is_batchwise(const std::any& given) const { return batchwise && batchwise(given); }
};

/// The chain; every link returns it.
template <typename StageClass>
class StageTypeBuilder {
    using Options = typename StageClass::Options;

public:
    StageTypeBuilder(std::string name, std::string help) {
        type_.name = std::move(name);
        type_.help = std::move(help);
        type_.defaults = Options{};
        type_.make = [](const std::any& options) {
            return std::make_unique<StageClass>(std::any_cast<const Options&>(options));
        };
    }

    template <typename T>
    StageTypeBuilder&& reads() && {
        type_.inputs.push_back({T::port, true});
        return std::move(*this);
    }

    template <typename T>
    StageTypeBuilder&& may_read() && {
        type_.inputs.push_back({T::port, false});
        return std::move(*this);
    }

    template <typename T>
    StageTypeBuilder&& sends() && {
        type_.output = T::port;
        return std::move(*this);
    }

    template <typename T>
    StageTypeBuilder&& option(std::string name,
                              T Options::*member,
                              std::string help,
                              OptionRules rules = {}) && {
        type_.options.push_back(make_option(std::move(name), member, std::move(help), rules));
        return std::move(*this);
    }

    /// The option before may hold secrets; no other may.
    StageTypeBuilder&& secret() && {
        type_.options.back().info.secret = true;
        return std::move(*this);
    }

    template <typename T>
    StageTypeBuilder&& choice(std::string name,
                              T Options::*member,
                              std::string help,
                              std::vector<std::pair<std::string, T>> choices) && {
        type_.options.push_back(
            make_choice(std::move(name), member, std::move(help), std::move(choices)));
        return std::move(*this);
    }

    /// `rule(options, complain)` finds faults that no single option shows.
    template <typename Rule>
    StageTypeBuilder&& check(Rule rule) && {
        type_.check = [rule](const std::any& options, const StageType::Complain& complain) {
            rule(std::any_cast<const Options&>(options), complain);
        };
        return std::move(*this);
    }

    /// The metrics it measures, `names(options)`: what `until` may speak of.
    template <typename Names>
    StageTypeBuilder&& measures(Names names) && {
        type_.metrics = [names](const std::any& options) {
            return names(std::any_cast<const Options&>(options));
        };
        return std::move(*this);
    }

    /// The scores it computes, `names(options)`; without it, any.
    template <typename Names>
    StageTypeBuilder&& computes(Names names) && {
        type_.scores = [names](const std::any& options) {
            return ScoreColumns(names(std::any_cast<const Options&>(options)));
        };
        return std::move(*this);
    }

    /// What becomes of the scores that it reads.
    StageTypeBuilder&& scores_flow(ScoreFlow flow) && {
        type_.score_flow = flow;
        return std::move(*this);
    }

    /// The scores that its options name, `uses(options)`: somebody must compute them before.
    template <typename Uses>
    StageTypeBuilder&& goes_by(Uses uses) && {
        type_.score_uses = [uses](const std::any& options) {
            return uses(std::any_cast<const Options&>(options));
        };
        return std::move(*this);
    }

    /// `open(options)` opens the file that this option names as far as its header.
    template <typename Open>
    StageTypeBuilder&& opens(std::string option, Open open) && {
        type_.opened = std::move(option);
        type_.open = [open](const std::any& options) {
            open(std::any_cast<const Options&>(options));
        };
        return std::move(*this);
    }

    /// It runs a program of the user's.
    StageTypeBuilder&& runs_program() && {
        type_.runs_program = true;
        return std::move(*this);
    }

    StageTypeBuilder&& needs_holdout() && {
        type_.needs_holdout = true;
        return std::move(*this);
    }

    /// It works on embeddings of the dataset.
    StageTypeBuilder&& needs_embeddings() && {
        type_.needs_embeddings = [](const std::any&) { return true; };
        return std::move(*this);
    }

    /// The same where `rule(options)` holds.
    template <typename Rule>
    StageTypeBuilder&& needs_embeddings(Rule rule) && {
        type_.needs_embeddings = [rule](const std::any& options) {
            return rule(std::any_cast<const Options&>(options));
        };
        return std::move(*this);
    }

    /// It works batch by batch: what it sends for a batch of its one input depends on that batch
    /// and its options alone, so the runner may give each batch to a stage of its own.
    StageTypeBuilder&& batchwise() && {
        type_.batchwise = [](const std::any&) { return true; };
        return std::move(*this);
    }

    /// The same where `rule(options)` holds.
    template <typename Rule>
    StageTypeBuilder&& batchwise(Rule rule) && {
        type_.batchwise = [rule](const std::any& options) {
            return rule(std::any_cast<const Options&>(options));
        };
        return std::move(*this);
    }

    /// It reads records one by one, and tells `context.records` of those that it cannot use.
    StageTypeBuilder&& records_may_fail() && {
        type_.records_may_fail = true;
        return std::move(*this);
    }

    /// What may be kept of it.
    StageTypeBuilder&& caches(CacheRules rules) && {
        type_.cache = rules;
        return std::move(*this);
    }

    /// It does something to the world outside its run.
    StageTypeBuilder&& acts_outside() && {
        type_.acts_outside = true;
        return std::move(*this);
    }

    // NOLINTNEXTLINE(google-explicit-constructor): the end of the chain
    operator StageType() && { return std::move(type_); }

private:
    StageType type_;
};

template <typename StageClass>
StageTypeBuilder<StageClass> StageType::of(std::string name, std::string help) {
    return {std::move(name), std::move(help)};
}

}  // namespace trommel
