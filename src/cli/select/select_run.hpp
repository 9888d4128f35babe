// A selection of `trommel select`: what it was told, what it selects from, what came out.
#pragma once

#include "cli/select/select_files.hpp"
#include "cli/select/select_goals.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/selection/strategy_choice.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <thread>

namespace trommel::cli {

struct SelectArguments {
    std::filesystem::path embeddings{};
    std::string strategy = "coreset";
    std::optional<std::size_t> count{};
    std::optional<double> proportion{};
    std::optional<double> min_distance{};
    std::filesystem::path preselected{};
    std::filesystem::path probabilities{};
    std::filesystem::path scores{};
    std::string score{};
    std::uint64_t seed = 0;
    std::uint32_t round = 0;
    std::string memory{};  ///< `2GiB`; empty: all that there is
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    selection::StrategySettings settings{};  ///< as they were typed
    std::filesystem::path query{};
    std::vector<std::string> goals{};
    std::string target{};
    std::vector<std::string> thresholds{};
    std::filesystem::path output{};
    bool explains = false;
    bool as_json = false;
};

struct Selection {
    SelectArguments arguments;
    const selection::Strategy& strategy;
    EmbeddingFile embeddings;
    std::unique_ptr<SelectGoals> goals{};
    std::vector<SampleIndex> candidates{};
    std::vector<SampleIndex> preselected{};
    std::vector<double> scores{};
    std::vector<SampleIndex> query{};
    Probabilities probabilities{};
    selection::StrategyOptions options{};
    selection::Memory memory{};  ///< beside the embeddings, which may be mapped
    std::vector<selection::Pick> picks{};
    selection::StopReason stop_reason = selection::StopReason::wanted;
    double seconds = 0;
    std::optional<double> recall{};                 ///< of an approximate search, the least of all
    std::optional<selection::Coverage> coverage{};  ///< of an approximate strategy

    std::size_t open() const { return candidates.size() - preselected.size(); }
    std::size_t wanted() const { return std::min(open(), arguments.count.value_or(open())); }
};

/// Reads the files. Throws ConfigError where the arguments do not go together, DataError where the
/// files do not.
Selection read_selection(const SelectArguments& arguments);

/// Throws DataError where that takes more memory than is allowed, Interrupted when cancelled.
void choose(Selection& selection, std::stop_token cancelled);

/// The picks and why there are no more, as JSON or for people.
void print_selection(const Selection& selection);

}  // namespace trommel::cli
