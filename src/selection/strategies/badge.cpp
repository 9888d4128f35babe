#include "selection/parallel.hpp"
#include "selection/shared.hpp"
#include "selection/strategies/kmeans.hpp"

#include <algorithm>
#include <limits>

namespace trommel::selection {
namespace {

constexpr std::size_t badges_at_once = 512;

double squared_length(std::span<const float> row) {
    double sum = 0;
    for (const float x : row) sum += static_cast<double>(x) * static_cast<double>(x);
    return sum;
}

/// Gradients g = q (x) h of the open candidates by their factors: q, what the last layer's outputs
/// should change by if the likeliest class is the right one, and h, the embedding.
class Gradients {
public:
    Gradients(const Task& task, const Rows& rows, std::span<const Place> open)
        : task_(task),
          rows_(rows),
          open_(open),
          errors_(open.size(), task.pool.probabilities->cols()),
          error_squares_(open.size()),
          embedding_squares_(open.size()) {
        in_parallel(open.size(), badges_at_once, [&](std::size_t begin, std::size_t end) {
            poll(task_);
            std::vector<float> room(rows_.dimensions);
            for (std::size_t i = begin; i < end; ++i) take(i, room);
        });
    }

    std::size_t count() const { return open_.size(); }

    double squared_length_of(std::size_t i) const {
        return error_squares_[i] * embedding_squares_[i];
    }

    /// Lowers each of `least` (count) to the squared distance to gradient `center`.
    void approach(std::size_t center, std::span<double> least) const {
        std::vector<float> center_room(rows_.dimensions);
        const float* embedding = embedding_of(center, center_room);
        in_parallel(count(), badges_at_once, [&](std::size_t begin, std::size_t end) {
            poll(task_);
            std::vector<float> room(rows_.dimensions);
            for (std::size_t i = begin; i < end; ++i) {
                float errors = 0;
                float embeddings = 0;
                kernels().stream(errors_.row(i).data(),
                                 0,
                                 1,
                                 errors_.row(center).data(),
                                 errors_.cols(),
                                 &errors);
                kernels().stream(
                    embedding_of(i, room), 0, 1, embedding, rows_.dimensions, &embeddings);
                least[i] = std::min(least[i], squared(i, center, errors, embeddings));
            }
        });
    }

private:
    const float* embedding_of(std::size_t i, std::vector<float>& room) const {
        return single(rows_, task_.pool.candidates[open_[i]], kernels(), room.data());
    }

    void take(std::size_t i, std::vector<float>& room) {
        const auto probabilities = task_.pool.probabilities->row(open_[i]);
        const auto errors = errors_.row(i);
        std::ranges::transform(
            probabilities, errors.begin(), [](double p) { return static_cast<float>(p); });
        const auto likeliest = std::ranges::max_element(probabilities) - probabilities.begin();
        errors[static_cast<std::size_t>(likeliest)] -= 1;
        error_squares_[i] = squared_length(errors);
        embedding_squares_[i] = squared_length({embedding_of(i, room), rows_.dimensions});
    }

    /// |q (x) h - q' (x) h'|² from the squared distances of the q and of the h. It is that of
    /// (q - q') (x) h + q' (x) (h - h'), whose terms are small where gradients are alike, so that
    /// copies are at 0 and nothing large cancels.
    double squared(std::size_t i, std::size_t center, float errors, float embeddings) const {
        const auto a = static_cast<double>(errors);
        const auto b = static_cast<double>(embeddings);
        const double cross = (error_squares_[i] - error_squares_[center] - a) *
                             (embedding_squares_[i] - embedding_squares_[center] + b) / 2;
        return std::max(0.0, a * embedding_squares_[i] + error_squares_[center] * b + cross);
    }

    const Task& task_;
    Rows rows_;
    std::span<const Place> open_;
    Matrix errors_;  ///< (open, classes) q
    std::vector<double> error_squares_;
    std::vector<double> embedding_squares_;
};

std::size_t longest(const Gradients& gradients) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < gradients.count(); ++i) {
        if (gradients.squared_length_of(i) > gradients.squared_length_of(best)) best = i;
    }
    return best;
}

/// Gradients of the last layer's weights if the likeliest class were the label, (p - onehot) (x)
/// embedding: the longest, then each with a probability proportional to its squared distance to
/// the nearest picked in this batch; copies of those last. The gradients are never laid out.
/// Ash et al., "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds", ICLR 2020,
/// and the authors' code, which begins with the longest. A pass over embeddings and probabilities a
/// pick; 4 bytes a candidate and class.
std::vector<Pick> select_badge(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto open = open_places(task);
    const auto count = wanted_picks(task, open.size());
    if (count == 0) return {};
    const Gradients gradients(task, rows, open);
    std::vector<double> worth(open.size(), std::numeric_limits<double>::infinity());
    auto random = task.random;
    std::vector<Place> places;
    auto next = longest(gradients);
    while (places.size() < count) {
        places.push_back(open[next]);
        gradients.approach(next, worth);
        if (std::ranges::all_of(worth, [](double squared) { return squared <= 0; })) break;
        next = draw_by_worth(worth, random);
    }
    append_rest(open, places, count);
    return pick_these(task, places);
}

std::size_t memory_of_badge(const StrategyOptions& options, const Extent& extent) {
    return extent.candidates * (4 * extent.classes + 4 * memory::a_number) +
           memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::badge{
    .name = "badge",
    .summary = "diverse gradients: k-means++ over (p - onehot) times embedding",
    .source = "Ash et al., Deep Batch Active Learning by Diverse Gradients, ICLR 2020",
    .needs_embeddings = true,
    .needs_probabilities = true,
    .settings = {&settings::metric},
    .memory = memory_of_badge,
    .select = select_badge,
};

}  // namespace trommel::selection
