// Scoring against the speed of memory, against numpy, and in bounded memory. TROMMEL_BENCH_GB says
// how large the files of the last part are (default 0.25); they lie in the folder for temporary
// files.
#include "bench/figure.hpp"
#include "bench/scoring_files.hpp"
#include "bench/watched_child.hpp"
#include "support/temp_dir.hpp"
#include "trommel/dataset/files/npy.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/runtime/cpu_pool.hpp"
#include "trommel/scoring/row_scorer.hpp"
#include "trommel/stages/scores/score_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <future>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace trommel::bench {
namespace {

using dataset::NpyArray;
using scoring::Uncertainty;

constexpr std::size_t part_bytes = std::size_t{1} << 20;

unsigned threads() { return std::max(1U, std::thread::hardware_concurrency()); }

double gigabytes() {
    const char* const text = std::getenv("TROMMEL_BENCH_GB");
    return text == nullptr ? 0.25 : std::atof(text);
}

/// Runs `body` on parts of `rows` rows on all cores.
void on_all_cores(CpuPool& pool,
                  std::size_t rows,
                  std::size_t grain,
                  const std::function<void(std::size_t, std::size_t)>& body) {
    std::promise<void> done;
    pool.post([&] {
        parallel_for(rows, grain, body);
        done.set_value();
    });
    done.get_future().get();
}

/// A pass that reads and adds, eight sums at a time: as fast as the machine reads.
float sum_of(std::span<const float> values) {
    using Eight [[gnu::vector_size(32)]] = float;
    Eight a{};
    Eight b{};
    std::size_t i = 0;
    for (; i + 16 <= values.size(); i += 16) {
        Eight x;
        Eight y;
        std::memcpy(&x, values.data() + i, sizeof x);
        std::memcpy(&y, values.data() + i + 8, sizeof y);
        a += x;
        b += y;
    }
    a += b;
    float sum = 0;
    for (int lane = 0; lane < 8; ++lane) sum += a[lane];
    return sum;
}

/// Bytes a second.
struct Rates {
    double reading = 0;
    double scoring = 0;
    double reading_a_core = 0;  ///< by processor time: what other programs do matters less
    double scoring_a_core = 0;
    double scoring_again = 0;  ///< with all pages in the page table, as numpy's array has them
    double scoring_again_a_core = 0;
};

/// Takes the better of the rate there is and that of `work` on `bytes`, by the clock and by
/// processor time.
void measure(double bytes, double& rate, double& rate_a_core, const std::function<void()>& work) {
    const auto begin = std::clock();
    const double took = seconds(work, 1);
    const double busy = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    rate = std::max(rate, bytes / took);
    rate_a_core = std::max(rate_a_core, bytes / busy);
}

/// Scores the rows into a buffer of the thread's own, as batches are on their way to a file.
void score_part(const scoring::RowScorer& scorer, std::span<const float> probs, std::size_t rows) {
    thread_local std::vector<double> scores;
    thread_local std::vector<std::size_t> faulty;
    scores.resize(std::max(scores.size(), 3 * rows));
    const std::array out{scores.data(), scores.data() + rows, scores.data() + 2 * rows};
    scorer(probs, out, &faulty);
}

/// All three scores of a mapped array, and a pass that only reads it, by turns; the best of each.
Rates rates_of(const std::filesystem::path& file) {
    CpuPool pool(threads());
    Rates rates;
    std::atomic<float> sink = 0;
    for (int turn = 0; turn < 5; ++turn) {
        const auto reading_of = NpyArray::open(file);  // mapped anew: faults are part of both
        const auto view = *reading_of.view<float>();
        const std::size_t grain = std::max<std::size_t>(256, part_bytes / (view.cols * 4));
        const auto bytes = static_cast<double>(view.all().size_bytes());
        measure(bytes, rates.reading, rates.reading_a_core, [&] {
            on_all_cores(pool, view.rows, grain, [&](std::size_t begin, std::size_t end) {
                sink = sum_of(view.all().subspan(begin * view.cols, (end - begin) * view.cols));
            });
        });
        const auto scoring_of = NpyArray::open(file);
        const auto rows = *scoring_of.view<float>();
        const scoring::RowScorer scorer(
            {Uncertainty::least_confidence, Uncertainty::margin, Uncertainty::entropy}, rows.cols);
        const auto score = [&] {
            on_all_cores(pool, rows.rows, grain, [&](std::size_t begin, std::size_t end) {
                score_part(scorer,
                           rows.all().subspan(begin * rows.cols, (end - begin) * rows.cols),
                           end - begin);
            });
        };
        measure(bytes, rates.scoring, rates.scoring_a_core, score);
        measure(bytes, rates.scoring_again, rates.scoring_again_a_core, score);
    }
    return rates;
}

/// Seconds that numpy takes for the same formulas on the same file; 0 where there is no numpy.
double numpy_seconds(const std::filesystem::path& file) {
    const auto command = fmt::format(
        "/usr/bin/python3 {}/tests/bench/scoring_numpy.py {}", TROMMEL_SOURCE_DIR, file.string());
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    double took = 0;
    if (std::fscanf(pipe, "%lf", &took) != 1) took = 0;
    ::pclose(pipe);
    return took;
}

void bench_rows(const test::TempDir& dir, std::size_t rows, std::size_t classes) {
    const auto file = dir / fmt::format("{}.npy", classes);
    write_probabilities(file, rows, classes);
    const auto rates = rates_of(file);
    print(fmt::format("scoring.rows_x_{}", classes),
          rates.scoring / 1e9,
          "GB/s",
          rates.scoring / rates.reading,
          fmt::format(
              "a pass that only reads, {} threads ({:.3g} GB/s)", threads(), rates.reading / 1e9));
    print(fmt::format("scoring.rows_x_{}_a_core", classes),
          rates.scoring_a_core / 1e9,
          "GB/s",
          rates.scoring_a_core / rates.reading_a_core,
          fmt::format("the same by processor time ({:.3g} GB/s)", rates.reading_a_core / 1e9));
    if (classes != 10) return;
    const double numpy = numpy_seconds(file);
    const double own = static_cast<double>(rows * classes * 4) / rates.scoring_again;
    print("scoring.rows_x_10_numpy",
          own * 1e3,
          "ms",
          numpy / own,
          fmt::format("numpy's speed ({:.3g} ms)", numpy * 1e3));
}

/// Reading detections, by the processor time of one thread.
void bench_detections(const test::TempDir& dir, std::size_t classes) {
    const auto file = dir / "detections.jsonl";
    write_detections(file, 24 << 20, classes);
    double best = 0;
    for (int turn = 0; turn < 5; ++turn) {
        const auto begin = std::clock();
        const auto reader = dataset::open_detections(dataset::LineReader::open(file), {});
        while (reader->next()) continue;
        const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        best = std::max(best, static_cast<double>(std::filesystem::file_size(file)) / took);
    }
    print(fmt::format("scoring.detections_{}_classes", classes),
          best / 1e6,
          "MB/s",
          best / 300e6,
          "300 MB/s a core");
}

/// For the children: scores the file, and prints the seconds to the first batch.
void score_large(scoring::Task task, const std::string& input, const std::string& output) {
    stages::ScoreRequest request{.task = task,
                                 .inputs = {input},
                                 .output = output,
                                 .output_format = stages::ScoreOutput::npy,
                                 .threads = threads()};
    if (task == scoring::Task::object_detection)
        request.scores = {"objectness_least_confidence", "uncertainty_margin"};
    const auto begin = std::chrono::steady_clock::now();
    double first = 0;
    stages::score_files(request, [&](const stages::ScoreProgress&) {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        if (first == 0) first = took.count();
    });
    fmt::print("{}\n", first);
}

/// Scores a file in a process of its own and prints what that took.
void bench_memory(const std::string& name,
                  scoring::Task task,
                  const std::filesystem::path& file,
                  double bound) {
    const auto child = watch_child({"scoring_large",
                                    std::string(scoring::to_string(task)),
                                    file.string(),
                                    file.string() + ".scores.npy"});
    const auto bytes = static_cast<double>(std::filesystem::file_size(file));
    print(name + "_rate",
          bytes / child.seconds / 1e6,
          "MB/s",
          child.seconds,
          fmt::format("a second for {:.3g} GB", bytes / 1e9));
    print(name + "_first_batch", child.result * 1e3, "ms", child.result / 0.05, "50 ms");
    print(name + "_private_memory",
          child.peak_anonymous / 1e6,
          "MB",
          child.peak_anonymous / bound,
          fmt::format("{:.0f} MB", bound / 1e6));
    print(name + "_resident",
          child.peak_resident / 1e6,
          "MB",
          child.peak_resident / bound,
          fmt::format("{:.0f} MB, file pages included", bound / 1e6));
}

}  // namespace

void run_scoring_bench() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const test::TempDir dir;
    bench_rows(dir, 4'000'000, 10);
    bench_rows(dir, 400'000, 100);
    bench_rows(dir, 40'000, 1000);
    bench_detections(dir, 0);
    bench_detections(dir, 20);

    const double bytes = gigabytes() * 1e9;
    write_probabilities(dir / "large.npy", static_cast<std::size_t>(bytes / 40), 10);
    bench_memory("scoring.large_npy", scoring::Task::classification, dir / "large.npy", 300e6);
    std::filesystem::remove(dir / "large.npy");
    write_coco_results(dir / "results.json", static_cast<std::size_t>(bytes));
    bench_memory("scoring.coco", scoring::Task::object_detection, dir / "results.json", 200e6);
}

void run_scoring_large(const std::string& task,
                       const std::string& input,
                       const std::string& output) {
    score_large(scoring::find_task(task).value(), input, output);
}

}  // namespace trommel::bench
