#include "bench/figure.hpp"
#include "trommel/core/random.hpp"
#include "trommel/selection/select.hpp"

#include <numeric>

namespace trommel::bench {

/// CORESET, plain: 20,000 samples of 64 dimensions, 200 picks, against one pass that only reads the
/// embeddings.
void run_selection_bench() {
    constexpr std::size_t samples = 20'000;
    constexpr std::size_t picks = 200;
    Matrix embeddings(samples, 64);
    Random random(1, 0, "bench");
    for (float& value : embeddings.values()) value = static_cast<float>(random.uniform());
    std::vector<SampleIndex> candidates(samples);
    std::iota(candidates.begin(), candidates.end(), 0);
    const selection::Pool pool{.candidates = candidates, .embeddings = &embeddings};

    double sum = 0;
    const double reading = seconds([&] {
        for (const float value : embeddings.values()) sum += static_cast<double>(value);
    });
    const double coreset = seconds([&] {
        selection::select(
            *selection::find_strategy("coreset"),
            {.pool = pool, .stop = {.picks = picks}, .random = Random(1, 0, "bench")});
    });
    const double a_pick = coreset / static_cast<double>(picks);
    print("selection.coreset_pick_20k_x_64",
          a_pick * 1e3,
          "ms",
          a_pick / reading,
          sum > 0 ? "one plain read of the embeddings" : "nothing");
}

}  // namespace trommel::bench
