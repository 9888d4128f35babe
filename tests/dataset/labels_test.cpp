#include "trommel/dataset/labels.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace trommel::dataset {

namespace {

using Names = std::vector<std::string>;

LabelTable read(std::string_view text) { return parse_labels(text, "l.csv"); }

std::string class_of(const LabelTable& table, std::string_view name) {
    const auto* label = table.find(name);
    REQUIRE(label != nullptr);
    return table.class_names.at(label->class_index);
}

void check_refused(std::string_view text, const std::string& message) {
    CHECK_THROWS_AS(read(text), DataError);
    CHECK_THROWS_WITH(read(text), "l.csv:" + message);
}

}  // namespace

TEST_CASE("a label is found by the sample's name", "[dataset]") {
    const test::TempDir dir;
    const auto path = dir.write("labels.csv", "file_name,label\na.jpg,dog\nb.jpg,cat\nc.jpg,dog\n");

    const auto table = read_labels(path);

    CHECK(table.class_names == Names{"cat", "dog"});
    CHECK(class_of(table, "a.jpg") == "dog");
    CHECK(class_of(table, "b.jpg") == "cat");
    CHECK(table.find("c.jpg")->line == 4);
    CHECK(table.find("d.jpg") == nullptr);
}

TEST_CASE("classes that are all integers sort as numbers, others as text", "[dataset]") {
    CHECK(read("file_name,label\na,10\nb,9\nc,-1\n").class_names == Names{"-1", "9", "10"});
    CHECK(read("file_name,label\na,10\nb,9\nc,x\n").class_names == Names{"10", "9", "x"});
    CHECK(class_of(read("file_name,label\na,10\nb,9\nc,-1\n"), "b") == "9");
}

TEST_CASE("labels come from Lightly's column names and beside other columns too", "[dataset]") {
    const auto table = read("filenames,embedding_0,labels\na,0.5,3\n");

    CHECK(class_of(table, "a") == "3");
    CHECK(class_of(read("label,file_name\ncat,a\n"), "a") == "cat");
}

TEST_CASE("a labels header without the two columns is refused", "[dataset]") {
    check_refused("", "1: the file is empty; its first line must be file_name,label");
    check_refused("a.jpg,dog\n", "1: the header has no column 'file_name' (or 'filenames')");
    check_refused("file_name,class\n", "1: the header has no column 'label' (or 'labels')");
    check_refused("file_name,label,labels\n", "1: the header has the column 'label' twice");
    check_refused("file_name,label\n", "1: the file has a header but no rows");
}

TEST_CASE("a broken label row is refused with its line", "[dataset]") {
    const std::string header = "file_name,label\n";
    check_refused(header + "a,dog\nb\n",
                  "3: the row beginning with 'b' has 1 columns where the header has 2");
    check_refused(header + "\n", "2: the line is empty");
    check_refused(header + ",dog\n", "2: the file name is empty");
    check_refused(header + "a,\n", "2: sample 'a' has an empty label");
}

TEST_CASE("a sample labelled twice is refused with both lines", "[dataset]") {
    const std::string text = "file_name,label\na,dog\nb,cat\n";
    check_refused(text + "a,dog\n", "4: sample 'a' is labelled twice, first in line 2");
    check_refused(text + "a,cat\n", "4: sample 'a' is labelled 'cat' here but 'dog' in line 2");
}

}  // namespace trommel::dataset
