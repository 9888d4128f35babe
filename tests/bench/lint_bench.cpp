// What it costs to check a pipeline of 2,000 lines completely.

#include "bench/figure.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/stages/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace trommel::bench {
namespace {

constexpr auto head =
    "# Many pools, one oracle: every group of stages labels its own set.\n"
    "version: 1\n"
    "name: many pools\n"
    "dataset: {name: pools, embeddings: pools.csv, holdout: {random: {share: 20%}}}\n"
    "params:\n"
    "  method: {type: enum, of: [RANDOM, CORESET, ACTIVE_LEARNING], default: ACTIVE_LEARNING}\n"
    "  batch: {type: int, default: 20, min: 1, help: How many to label in a round.}\n"
    "limits:\n"
    "  oracle: {rate: 5/s, burst: 10, parallel: 2}\n"
    "defaults: {retry: {attempts: 3, base: 500ms}}\n";

/// Nine stages of the usual loop in 27 lines; `{0}` is the group's number.
constexpr auto group = R"(
  # Group {0}: what its annotators have labelled, and what they get next.
  fetch-{0}:
    uses: fetch_tag
    with: {{preselected: '${{state.labeled-{0}}}'}}
  label-{0}:
    uses: label.table
    from: fetch-{0}
    with: {{file: 'labels-{0}.csv'}}
    limit: oracle
  train-{0}: {{uses: train.linear_probe, from: label-{0}, with: {{standardize: pool}}}}
  evaluate-{0}:
    uses: evaluate.accuracy
    from: train-{0}
    with: {{labels: "truth-{0}.csv"}}
  predict-{0}: {{uses: predict.linear_probe, from: train-{0}}}
  score-{0}: {{uses: score.classification, from: predict-{0}, buffer: {{count: 4, bytes: 64MiB}}}}
  upload-{0}: {{uses: upload_scores, from: score-{0}}}
  sample-{0}:
    uses: sample
    from: upload-{0}
    with:
      method: '${{params.method}}'
      score: uncertainty_margin
      n_new: '${{params.batch}}'
  poll-{0}: {{uses: poll_job, from: sample-{0}, writes: labeled-{0}, timeout: 2h}}
)";

SourceText pipeline_of_2000_lines() {
    constexpr int groups = 74;
    SourceText source{"pools.yaml", head};
    source.text += "state:\n";
    for (int i = 0; i < groups; ++i)
        source.text += fmt::format("  labeled-{}: {{init: {{random: 20}}}}\n", i);
    source.text += "stages:\n";
    for (int i = 0; i < groups; ++i) source.text += fmt::format(fmt::runtime(group), i);
    source.text +=
        "rounds:\n  max: 50\n  until: 'n(10000) or plateau(metrics.evaluate-0.accuracy, 3, "
        "0.002)'\n";
    return source;
}

void lint(const SourceText& source, const Registry& registry) {
    Diagnostics diagnostics;
    const auto pipeline = read_pipeline(source, ".", registry, {}, diagnostics);
    if (!pipeline) throw std::runtime_error(diagnostics.render(source));
}

}  // namespace

void run_lint_bench() {
    const auto registry = stages::all_stages();
    const SourceText source = pipeline_of_2000_lines();
    const auto lines = std::ranges::count(source.text, '\n');
    const double took = seconds([&] { lint(source, registry); }, 5) * 1e3;
    print(fmt::format("lint.{}_lines", lines), took, "ms", took / 50, "the 50 ms that it may take");
}

}  // namespace trommel::bench
