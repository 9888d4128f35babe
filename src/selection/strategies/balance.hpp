#pragma once

#include "selection/shared.hpp"

namespace trommel::selection {

/// How much the chosen samples lack of what each candidate has.
class Balance {
public:
    /// Counts the preselected samples as chosen. Throws DataError where `distribution` does not fit
    /// the candidates or has numbers below 0.
    Balance(const Task& task, const Distribution& distribution);

    void choose(Place place);

    /// The mean of target / (chosen + 1/2) over what the candidate has, 0 if it has nothing. Going
    /// by that alone is Sainte-Laguë's apportionment: the shares of the chosen follow the target's
    /// as closely as whole samples can, however many are chosen.
    double operator()(Place place) const;

private:
    struct Share {
        std::uint32_t category = 0;
        double amount = 0;
        double part = 0;  ///< of all the sample has
    };

    void take(const Task& task, const Probabilities& shares);
    void aim(const Task& task, const Distribution& distribution);

    std::vector<std::size_t> begins_{};  ///< (candidates + 1) where their shares begin
    std::vector<Share> shares_{};        ///< those above 0
    std::vector<double> target_{};       ///< (categories) sums to 1
    std::vector<double> chosen_{};       ///< (categories)
    std::vector<double> lack_{};         ///< (categories) target / (chosen + 1/2)
};

}  // namespace trommel::selection
