// What the loop itself costs: digits.yaml, ten rounds, less the training and the selecting in it.

#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/random.hpp"
#include "trommel/dataset/embeddings.hpp"
#include "trommel/dataset/labels.hpp"
#include "trommel/learning/linear_probe.hpp"
#include "trommel/learning/standardizer.hpp"
#include "trommel/pipeline/operations/run/run.hpp"
#include "trommel/runtime/run.hpp"
#include "trommel/scoring/classification.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/stages/stages.hpp"

#include <asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace trommel::bench {
namespace {

const std::string folder = std::string(TROMMEL_SOURCE_DIR) + "/pipelines/";
constexpr int rounds = 10;
constexpr int repeats = 15;
constexpr std::size_t batch = 20;

/// Seconds of each round of a run, the closing pass last.
using Times = std::vector<double>;

/// The same loop as plain calls, which counts how long training and selecting take.
class PlainLoop {
public:
    PlainLoop()
        : pool_(dataset::read_embeddings(folder + "data/digits.csv")),
          oracle_(dataset::read_labels(folder + "data/digits-labels.csv")) {
        std::vector<bool> held(pool_.names.size());
        Random holdout(1, 0, "dataset.holdout");
        const auto amount = static_cast<std::size_t>(0.3 * static_cast<double>(held.size()) + 0.5);
        for (const auto i : draw(holdout, amount, held.size())) held[i] = true;
        for (std::size_t i = 0; i < held.size(); ++i)
            if (!held[i]) query_.push_back(static_cast<SampleIndex>(i));
        Random initial(1, 0, "state.labeled");
        for (const auto i : draw(initial, batch, query_.size())) labeled_.push_back(query_[i]);
        std::ranges::sort(labeled_);
    }

    void round() {
        learning::LinearProbe probe;
        learning::Standardizer standardizer;
        const double training = seconds([&] { train(standardizer, probe); }, 1);
        const auto probs = learning::predict(probe, standardizer.apply(gather(query_)));
        const std::vector<std::string> names{"uncertainty_margin"};
        const auto scores = scoring::score_classification(probs, names);
        selection::Pool pool{
            .candidates = query_, .preselected = labeled_, .scores = scores[0].values};
        std::vector<selection::Pick> picks;
        const double selecting = seconds(
            [&] {
                picks = selection::select(
                    *selection::find_strategy("active_learning"),
                    {.pool = pool, .stop = {.picks = batch}, .random = Random(1, 1, "sample")});
            },
            1);
        work_.push_back(training + selecting);
        for (const auto& pick : picks) chosen_.push_back(pool_.names[pick.sample]);
        for (const auto& pick : picks) labeled_.push_back(pick.sample);
        std::ranges::sort(labeled_);
    }

    /// The closing pass trains once more.
    void close() {
        learning::LinearProbe probe;
        learning::Standardizer standardizer;
        work_.push_back(seconds([&] { train(standardizer, probe); }, 1));
    }

    const Times& work() const { return work_; }
    const std::vector<std::string>& chosen() const { return chosen_; }

private:
    Matrix gather(const std::vector<SampleIndex>& samples) const {
        Matrix rows(samples.size(), pool_.rows.cols());
        for (std::size_t i = 0; i < samples.size(); ++i)
            std::ranges::copy(pool_.rows.row(samples[i]), rows.row(i).begin());
        return rows;
    }

    void train(learning::Standardizer& standardizer, learning::LinearProbe& probe) const {
        standardizer = learning::Standardizer::over(pool_.rows, query_);
        std::vector<learning::ClassIndex> labels;
        for (const SampleIndex sample : labeled_)
            labels.push_back(
                static_cast<learning::ClassIndex>(oracle_.find(pool_.names[sample])->class_index));
        probe = learning::fit(standardizer.apply(gather(labeled_)), labels);
    }

    dataset::Embeddings pool_;
    dataset::LabelTable oracle_;
    std::vector<SampleIndex> query_;
    std::vector<SampleIndex> labeled_;
    std::vector<std::string> chosen_;
    Times work_;
};

/// What the rounds take, the preparation of the dataset left out.
class RoundTimer final : public Observer {
public:
    void round_ended(std::uint32_t, std::chrono::nanoseconds took) override {
        rounds.push_back(std::chrono::duration<double>(took).count());
    }
    Times rounds;
};

RunResult run_digits(Observer& observer, bool with_baseline) {
    const test::TempDir directory;
    const Registry registry = stages::all_stages();
    Pipeline pipeline = load_pipeline(folder + "digits.yaml", registry);
    if (!with_baseline) pipeline.baseline = nullptr;
    const RunOptions options{.id = "bench", .directory = directory / "run", .threads = 2};
    asio::io_context loop(1);
    return run(loop, run_pipeline(std::move(pipeline), options, observer));
}

/// Keeps the least of each round. Whatever else runs on the machine only ever adds time, so what
/// many repeats have taken at least is what the work itself takes.
void keep_least(Times& least, const Times& times) {
    if (least.empty()) least = times;
    for (std::size_t i = 0; i < least.size(); ++i) least[i] = std::min(least[i], times.at(i));
}

std::vector<std::string> picks_of(const RunResult& result) {
    std::vector<std::string> names;
    for (const auto& round : result.history.picks)
        for (const auto& pick : round.picks) names.push_back(pick.file_name);
    return names;
}

}  // namespace

void run_loop_bench() {
    Observer silence;
    const double whole = seconds([&] { run_digits(silence, true); });
    print("loop.digits_with_baseline", whole, "s", whole / 3, "the 3 s that it may take");

    Times whole_rounds;
    Times work;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        RoundTimer timer;
        const auto result = run_digits(timer, false);
        PlainLoop plain;
        for (int i = 0; i < rounds; ++i) plain.round();
        plain.close();
        if (plain.chosen() != picks_of(result))
            throw std::runtime_error("the plain loop chose other samples");
        keep_least(whole_rounds, timer.rounds);
        keep_least(work, plain.work());
    }
    const auto mean = [](const Times& times) {
        return std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
    };
    const double overhead = mean(whole_rounds) - mean(work);
    print("loop.overhead_a_round",
          overhead * 1e3,
          "ms",
          overhead / 5e-3,
          "the 5 ms that it may take");
}

}  // namespace trommel::bench
