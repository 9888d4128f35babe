#include "stages/small_pool.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::SmallPool;
using test::usual_stages;

TEST_CASE("a label for a sample that is not in the pool is refused with its line", "[stages]") {
    SmallPool pool;
    pool.folder().write("labels.csv", "file_name,label\ns00.jpg,ape\nghost.jpg,bee\n");
    CHECK_THAT(pool.error_of(usual_stages),
               Contains("labels.csv:3: sample 'ghost.jpg' is not in dataset 'small'"));
}

TEST_CASE("samples without a label are counted and the first ten listed", "[stages]") {
    SmallPool pool;
    pool.folder().write("labels.csv", "file_name,label\ns00.jpg,ape\n");
    const auto error = pool.error_of(
        "  fetch: {uses: fetch_tag, with: {preselected: pool}}\n"
        "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n");
    CHECK_THAT(error, Contains("samples without a label in") && Contains("…"));
}

TEST_CASE("a table that is not there or broken is named with its line", "[stages]") {
    SmallPool pool;
    pool.folder().write("labels.csv", "file_name,label\ns00.jpg\n");
    CHECK_THAT(pool.error_of(usual_stages), Contains("labels.csv:2:"));
    std::filesystem::remove(pool.folder() / "labels.csv");
    CHECK_THAT(pool.error_of(usual_stages), Contains("labels.csv"));
}

TEST_CASE("broken embeddings are named with file line and sample", "[stages]") {
    SmallPool pool;
    const auto refused = [&](const std::string& rows) {
        pool.folder().write("pool.csv", "filenames,embedding_0,embedding_1,labels\n" + rows);
        return pool.error_of(usual_stages);
    };
    CHECK_THAT(refused("a.jpg,1,2,0\nb.jpg,1,0\n"), Contains("pool.csv:3") && Contains("b.jpg"));
    CHECK_THAT(refused("a.jpg,1,x,0\n"),
               Contains("pool.csv:2") && Contains("a.jpg") && Contains("'x'"));
    CHECK_THAT(refused("a.jpg,1,nan,0\n"), Contains("pool.csv:2") && Contains("a.jpg"));
    CHECK_THAT(refused("a.jpg,1,2,0\na.jpg,3,4,0\n"), Contains("pool.csv:3") && Contains("a.jpg"));
}

}  // namespace trommel
