// What `trommel select` is told by `--goal`, `--target` and `--threshold`.
#pragma once

#include "cli/select/select_files.hpp"
#include "trommel/selection/strategy.hpp"

#include <deque>
#include <string>
#include <vector>

namespace trommel::cli {

/// Goals and thresholds as they are written, with what their files hold. All throw ConfigError for
/// what is written wrongly and DataError for files that do not fit the embeddings.
class SelectGoals {
public:
    explicit SelectGoals(const EmbeddingFile& embeddings) : embeddings_(embeddings) {}

    /// `KIND[=FILE[:COLUMN]][^STRENGTH]`: `diversity`, `typicality^-1`, `weights=blur.csv:blur^2`,
    /// `similarity=wanted.txt`, `balance=weather.csv` (samples and labels, as for `label.table`) or
    /// `balance=objects.npy` (rows, categories).
    void add_goal(const std::string& text);

    /// What balance is to come to: `uniform`, `input`, or `cat=2,dog=1` of the categories by their
    /// labels, or numbers in an array.
    void set_target(const std::string& text);

    /// `FILE[:COLUMN]>=NUMBER` or `<=`: candidates beyond are left out.
    void add_threshold(const std::string& text);

    /// They view what this object keeps.
    const std::vector<selection::Goal>& goals() const { return goals_; }
    const std::vector<selection::Threshold>& thresholds() const { return thresholds_; }

private:
    struct Categories {
        std::vector<std::string> names{};
        Probabilities shares{};
    };

    std::span<const double> read_values(const std::string& file);
    Categories read_categories(const std::string& file) const;
    Categories read_labelled(const std::string& file) const;
    static std::vector<double> ratios_of(const std::string& text, const Categories& categories);

    const EmbeddingFile& embeddings_;
    std::deque<std::vector<double>> values_{};
    std::deque<std::vector<SampleIndex>> queries_{};
    std::deque<Categories> categories_{};
    std::vector<selection::Goal> goals_{};
    std::vector<selection::Threshold> thresholds_{};
};

}  // namespace trommel::cli
