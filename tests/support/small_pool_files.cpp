#include "support/small_pool_files.hpp"

#include "trommel/core/random.hpp"

#include <fmt/format.h>

namespace trommel::test {
namespace {

constexpr auto head =
    "version: 1\n"
    "name: small\n"
    "dataset: {name: small, embeddings: pool.csv, holdout: {random: 18}}\n"
    "params: {batch: 7, method: ACTIVE_LEARNING, n_new: 4, seed: 1}\n"
    "state: {labeled: {init: {random: 6}}}\n"
    "stages:\n";

}  // namespace

const std::string usual_stages =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n"
    "  train: {uses: train.linear_probe, from: label}\n"
    "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
    "  predict: {uses: predict.linear_probe, from: train, with: {batch: '${params.batch}'}}\n"
    "  score: {uses: score.classification, from: predict}\n"
    "  upload: {uses: upload_scores, from: score}\n"
    "  sample:\n"
    "    uses: sample\n"
    "    from: upload\n"
    "    with: {method: '${params.method}', score: uncertainty_margin, n_new: '${params.n_new}'}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

std::string name_of(int sample) { return fmt::format("s{:02}.jpg", sample); }

void write_small_pool(const TempDir& folder) {
    Random random(1, 0, "small pool");
    const char* classes[] = {"ape", "bee", "cat"};
    std::string pool = "filenames,embedding_0,embedding_1,labels\n";
    std::string labels = "file_name,label\n";
    for (int i = 0; i < 60; ++i) {
        const double x = (i % 3 == 0 ? 0 : 2) + 1.5 * random.uniform();
        const double y = (i % 3 == 1 ? 0 : 2) + 1.5 * random.uniform();
        pool += fmt::format("{},{:.4f},{:.4f},0\n", name_of(i), x, y);
        labels += fmt::format("{},{}\n", name_of(i), classes[i % 3]);
    }
    folder.write("pool.csv", pool);
    folder.write("labels.csv", labels);
}

std::string small_pipeline(const std::string& stages, const std::string& tail) {
    return head + stages + tail;
}

}  // namespace trommel::test
