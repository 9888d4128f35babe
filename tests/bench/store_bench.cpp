#include "bench/figure.hpp"
#include "support/temp_dir.hpp"
#include "trommel/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace trommel::bench {

/// A dataset of 20,000 samples with embeddings, and a million scores, into a new database.
void run_store_bench() {
    std::vector<std::string> names;
    for (int i = 0; i < 1'000'000; ++i) names.push_back(fmt::format("image-{:07}.jpg", i));
    const Matrix rows(20'000, 16);
    const std::vector<double> scores(names.size(), 0.5);

    const double importing = seconds([&] {
        const test::TempDir folder;
        const auto store = store::open_sqlite(folder / "bench.db");
        const DatasetId dataset("000000000000000000000001");
        store->add_dataset({.id = dataset, .name = "bench"});
        store->add_samples(dataset, std::span(names).first(rows.rows()));
        store->add_embedding({.id = EmbeddingId("000000000000000000000002"),
                              .dataset = dataset,
                              .name = "e",
                              .rows = rows.rows(),
                              .dimensions = rows.cols()},
                             rows);
    });
    print("store.import_20k_x_16",
          importing * 1e3,
          "ms",
          importing / 0.15,
          "the 150 ms that it may take");

    const test::TempDir folder;
    const auto store = store::open_sqlite(folder / "scores.db");
    const DatasetId dataset("000000000000000000000001");
    const TagId tag("000000000000000000000003");
    store->add_dataset({.id = dataset, .name = "bench"});
    store->add_samples(dataset, names);
    store->add_tag({.id = tag,
                    .dataset = dataset,
                    .name = "initial-tag",
                    .mask = BitMask::first(names.size()),
                    .total = names.size()});
    const double writing = seconds([&] { store->put_scores({.tag = tag, .type = "s"}, scores); });
    print("store.put_1m_scores", writing * 1e3, "ms", writing / 0.3, "the 300 ms that it may take");
}

}  // namespace trommel::bench
