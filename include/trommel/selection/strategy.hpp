// Strategies by name: what a user may write where samples are selected.
#pragma once

#include "trommel/selection/pool.hpp"

#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::selection {

/// What the chosen samples should be distributed like, over classes or the categories of metadata.
struct Distribution {
    enum class Target : std::uint8_t {
        uniform,
        input,  ///< that of the candidates
        given,
    };

    Target target = Target::uniform;
    /// (candidates, categories), at least 0: how much of each category a sample has, such as the
    /// objects of each class that were predicted; of one category, 1 there.
    const Probabilities* shares = nullptr;
    std::vector<double> ratios{};  ///< Target::given: (categories), at least 0, in proportion
    /// (categories) what preselected samples that are not candidates have of each; may be empty.
    std::vector<double> before{};
};

/// One objective of `combined`.
struct Goal {
    enum class Kind : std::uint8_t {
        diversity,   ///< the distance to the nearest chosen sample; once at most
        weights,     ///< `values`
        similarity,  ///< (1 + the highest cosine to any sample of `query`) / 2
        typicality,  ///< as the strategy; of copies that of the most typical other sample
        balance,     ///< how much the chosen samples lack of the categories of this one
    };

    Kind kind = Kind::diversity;
    double strength = 1;                   ///< the exponent; below 0, the less the sooner
    std::span<const double> values{};      ///< weights: (candidates), at least 0, or above where
                                           ///< `strength` is below
    std::span<const SampleIndex> query{};  ///< similarity: ascending
    Distribution distribution{};           ///< balance
};

/// Candidates with a value outside [least, most] are left out before anything else uses them.
struct Threshold {
    std::span<const double> values{};  ///< (candidates) scores or metadata
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
};

/// How far samples are from each other.
enum class Metric : std::uint8_t {
    euclidean,
    cosine,  ///< Euclidean between embeddings divided by their lengths: sqrt(2 - 2 cosine)
};

/// How nearest samples are found.
enum class Search : std::uint8_t {
    exact,
    approximate,  ///< among those in nearby lists, where there are more than 10,000
};

/// How well the chosen samples cover the candidates.
struct Coverage {
    double radius = 0;        ///< the largest distance of a candidate to the nearest chosen sample
    double radius_ratio = 1;  ///< no choice of as many samples has a radius below radius / this
};

/// What the strategies can be told; each uses what concerns it.
struct StrategyOptions {
    Objective objective{};
    Metric metric = Metric::euclidean;  ///< cosine takes a copy of the embeddings
    double oversampling = 10;    ///< dmbal, cluster_margin: candidates a pick, the highest scores
    std::size_t neighbors = 20;  ///< typicality and what is made of it: of how many
    Search search = Search::exact;  ///< of those nearest samples
    std::size_t probes = 16;        ///< approximate: in so many lists
    /// Told which share of the nearest samples an approximate search found, of 200 asked.
    std::function<void(double recall)> recalled{};
    double density_strength = 1;           ///< information_density: the exponent of density
    double radius = 0;                     ///< prob_cover: of a ball; above 0
    std::span<const SampleIndex> query{};  ///< similarity: ascending; what to be near to
    std::vector<Goal> goals{};             ///< combined; balance: those of that kind
    std::vector<Threshold> thresholds{};   ///< all of them: a candidate must be within each
    std::function<void(const Coverage&)> covered{};  ///< coreset_two_round: told at the end
    unsigned threads = 0;                            ///< 0: as many as the caller has
};

struct Extent;
struct StrategySetting;
struct Task;

/// A row of the table: a strategy's file carries it, with all that others need to know of it.
struct Strategy {
    std::string_view name;
    std::string_view summary;  ///< what it does
    std::string_view source;   ///< who says so
    bool needs_embeddings = false;
    bool needs_scores = false;
    bool needs_probabilities = false;       ///< which jobs do not have
    bool needs_number = false;              ///< of picks: a distance to stop at is not enough
    bool needs_query = false;               ///< samples to be near to
    bool needs_goals = false;               ///< others do not use goals
    std::optional<Goal::Kind> only_goal{};  ///< the one kind that it uses
    /// The score that it is named after or made for; empty where any will do.
    std::string_view usual_score{};
    bool needs_usual_score = false;  ///< another one goes only by its name
    /// What it can be told, the rest null.
    std::array<const StrategySetting*, 6> settings{};
    const StrategySetting* needed_setting = nullptr;  ///< which has no default for it
    std::size_t (*memory)(const StrategyOptions& options, const Extent& extent) = nullptr;
    std::vector<Pick> (*select)(const Task& task) = nullptr;
};

/// All of them, by name.
std::span<const Strategy> strategies();

/// None if no strategy has the name.
const Strategy* find_strategy(std::string_view name);

/// The strategy. Throws DataError with what may be meant when there is none of that name.
const Strategy& named_strategy(std::string_view name);

/// Says why where the strategy needs a number of picks; empty where `has_number` or it does
/// without.
std::string missing_number(const Strategy& strategy, bool has_number);

}  // namespace trommel::selection
