#include "trommel/dataset/embeddings.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <string>
#include <vector>

namespace trommel::dataset {

namespace {

const std::string header = "filenames,embedding_0,embedding_1,labels\n";

Embeddings read(std::string_view text) { return parse_embeddings(text, "e.csv"); }

void check_refused(std::string_view text, const std::string& message) {
    CHECK_THROWS_AS(read(text), DataError);
    CHECK_THROWS_WITH(read(text), "e.csv:" + message);
}

}  // namespace

TEST_CASE("embeddings are read from the file that Lightly writes", "[dataset]") {
    const test::TempDir dir;
    const auto path = dir.write("embeddings.csv",
                                "filenames,embedding_0,embedding_1,labels\r\n"
                                "a.jpg,0.5,-1e-3,0\r\n"
                                "\"b,c.jpg\",2,3.25,1\r\n");

    const auto embeddings = read_embeddings(path);

    CHECK(embeddings.names == std::vector<std::string>{"a.jpg", "b,c.jpg"});
    CHECK(embeddings.rows == Matrix{{0.5f, -1e-3f}, {2, 3.25f}});
}

TEST_CASE("the columns that Lightly's worker adds are not dimensions", "[dataset]") {
    const auto embeddings = read(
        "filenames,embedding_0,masked,embedding_1,selected,labels,al_score\n"
        "a.jpg,1,0,2,1,0,0.7\n");

    CHECK(embeddings.rows == Matrix{{1, 2}});
}

TEST_CASE("a number too small for a float is zero", "[dataset]") {
    CHECK(read(header + "a,1e-60,-1e-46,0\n").rows == Matrix{{0, 0}});
}

TEST_CASE("an embeddings header that is not Lightly's is refused", "[dataset]") {
    check_refused("", "1: the file is empty; its first line must be the header");
    check_refused("file_name,embedding_0,labels\n",
                  "1: the first column must be 'filenames', not 'file_name'");
    check_refused("filenames,embedding_0\n",
                  "1: there is no column 'labels', which Lightly's format ends with");
    check_refused("filenames,labels\n", "1: there is no column 'embedding_0'");
    check_refused("filenames,embedding_1,embedding_0,labels\n",
                  "1: column 2 is 'embedding_1' where 'embedding_0' is expected; embedding columns "
                  "must be in order, from 0");
    check_refused("filenames, embedding_0,labels\n",
                  "1: column ' embedding_0' is unknown; beside 'filenames' and 'embedding_<i>' "
                  "there may be labels, selected, masked, al_score");
    check_refused("filenames,embedding_0,labels,labels\n", "1: column 'labels' appears twice");
}

TEST_CASE("an embeddings row of the wrong shape is refused with its line and sample", "[dataset]") {
    check_refused(header, "1: the file has a header but no rows");
    check_refused(header + "a,1,2,0\nb,1,0\n",
                  "3: sample 'b' has 3 columns where the header has 4");
    check_refused(header + "a,1,2,3,0\n", "2: sample 'a' has 5 columns where the header has 4");
    check_refused(header + "a,1,2,0\n\nb,1,2,0\n", "3: the line is empty");
    check_refused(header + ",1,2,0\n", "2: the file name is empty");
}

TEST_CASE("a value that is not a finite number is refused with line sample and column",
          "[dataset]") {
    for (const std::string value :
         {"nan", "NaN", "inf", "-inf", "1e39", "1e999", "x", "", " 1", "1 "})
        check_refused(
            header + "a,1,2,0\nb,3," + value + ",0\n",
            "3: sample 'b': embedding_1 is '" + value + "', which is not a finite number");
}

TEST_CASE("a sample that appears twice is refused with both lines", "[dataset]") {
    check_refused(header + "a,1,2,0\nb,1,2,0\na,5,6,0\n",
                  "4: sample 'a' appears a second time, first in line 2");
}

TEST_CASE("rows of known names come in their order, and others are only counted", "[dataset]") {
    const test::TempDir dir;
    const auto path = dir.write("e.csv", header + "b,3,4,0\nx,7,8,0\na,1,2,0\n");
    const std::vector<std::string> known{"a", "b"};

    const auto found = read_embeddings_of(path, known);
    CHECK(found.rows == Matrix{{1, 2}, {3, 4}});
    CHECK(found.count == 3);
    CHECK_FALSE(found.missing);

    CHECK(read_embeddings_of(path, {"a", "c", "b"}).missing == 1U);
    const auto twice = dir.write("twice.csv", header + "a,1,2,0\na,1,2,0\n");
    CHECK_THROWS_WITH(read_embeddings_of(twice, known),
                      Catch::Contains(":3: sample 'a' appears a second time, first in line 2"));
}

TEST_CASE("one wide row makes no room that its file could not fill", "[dataset]") {
    const test::TempDir dir;
    std::string wide = "filenames";
    std::string row = "a";
    for (int i = 0; i < 1000; ++i) {
        wide += ",embedding_" + std::to_string(i);
        row += ",1";
    }
    const auto path = dir.write("wide.csv", wide + ",labels\n" + row + ",0\n");
    std::vector<std::string> names{"a"};
    for (int i = 0; i < 1'000'000; ++i) names.push_back(std::to_string(i));
    CHECK_THROWS_WITH(read_embeddings_of(path, names),
                      Catch::Contains("the file is too small for 1000001 rows of 1000 values"));
}

TEST_CASE("twenty thousand embeddings are read at once", "[dataset]") {
    std::string text = "filenames";
    for (int j = 0; j < 16; ++j) text += ",embedding_" + std::to_string(j);
    text += ",labels\n";
    for (int i = 0; i < 20'000; ++i) {
        text += "image_" + std::to_string(i) + ".jpg";
        for (int j = 0; j < 16; ++j) text += "," + std::to_string(0.001 * (i + j));
        text += ",0\n";
    }
    const auto begin = std::clock();

    const auto embeddings = read(text);

    CHECK(embeddings.rows.rows() == 20'000);
    CHECK(embeddings.rows(19'999, 15) == 20.014f);
    // 20 ms of CPU time at -O2. The bound leaves room for sanitizers.
    CHECK(std::clock() - begin < 2 * CLOCKS_PER_SEC);
}

TEST_CASE("a name that would be two lines elsewhere is not a name here", "[dataset]") {
    for (const std::string name : {"\"a\nb\"", "a\tb", "a\xe2\x80\xa8z"})
        CHECK_THROWS_WITH(parse_embeddings("filenames,embedding_0,labels\n" + name + ",1,0\n", "e"),
                          Catch::Contains("is not a name of a sample"));
    CHECK_THROWS_AS(
        parse_embeddings("filenames,embedding_0,labels\n" + std::string(2000, 'x') + ",1,0\n", "e"),
        DataError);
}

}  // namespace trommel::dataset
