// Files that are not what they are named for, found without reading them.

#include "trommel/dataset/file_form.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"
#include "trommel/core/utf8.hpp"

#include <catch2/catch.hpp>

namespace trommel::dataset {

using Catch::Matchers::Contains;
using test::TempDir;

namespace {

const std::string array_header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";

/// A .npy of one row of two numbers.
std::string small_array() {
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(array_header.size() + 1);
    bytes += '\0';
    return bytes + array_header + "\n" + std::string(8, '\0');
}

/// What is wrong with a file of this content; empty if nothing is.
std::string fault_of(const std::string& content, FileForm form, const std::string& name = "x") {
    const TempDir folder;
    try {
        check_file(folder.write(name, content), form);
    } catch (const DataError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("a file of the form that is asked for is good, whatever appears behind its first row",
          "[dataset]") {
    CHECK(fault_of("filenames,embedding_0,labels\na.png,1,0\nb.png\n", FileForm::embeddings) == "");
    CHECK(fault_of("file_name,label\na.png,ape\nb.png\n", FileForm::labels) == "");
    CHECK(fault_of("a.png\n\x01\n", FileForm::names) == "");
    CHECK(fault_of("\x01\x02", FileForm::any) == "");
    CHECK(fault_of(small_array(), FileForm::array, "x.npy") == "");
}

TEST_CASE("a header without the column that is needed is refused", "[dataset]") {
    CHECK_THAT(fault_of("filenames,labels\na.png,0\n", FileForm::embeddings),
               Contains("there is no column 'embedding_0'"));
    CHECK_THAT(fault_of("file_name,lable\na.png,ape\n", FileForm::labels),
               Contains("the header has no column 'label'"));
    CHECK_THAT(fault_of("file_name,label\n", FileForm::labels), Contains("no rows"));
    CHECK_THAT(fault_of("", FileForm::embeddings), Contains("the file is empty"));
}

TEST_CASE("a file of another format is called by its name, and no byte of it is printed",
          "[dataset]") {
    for (const auto form : {FileForm::embeddings, FileForm::labels, FileForm::names})
        CHECK_THAT(fault_of(small_array(), form), Contains("is a NumPy array"));
    CHECK_THAT(fault_of("filenames,embedding_0,labels\n", FileForm::array, "x.npy"),
               Contains("x.npy: "));
    const std::string noise("\xFE\x00\x1B[2J,\xFF,\"\x07\",b\n", 15);
    for (const auto form : {FileForm::embeddings, FileForm::labels, FileForm::names}) {
        const auto fault = fault_of(noise, form);
        CHECK(fault != "");
        CHECK(is_valid_utf8(fault));
        CHECK(fault.find('\x1B') == std::string::npos);
        CHECK(fault.find('\0') == std::string::npos);
    }
}

TEST_CASE("a folder, and a file that is not there, cannot be read", "[dataset]") {
    const TempDir folder;
    CHECK_THROWS_WITH(check_file(folder.path(), FileForm::any), Contains("is a folder"));
    CHECK_NOTHROW(check_file("/dev/null", FileForm::embeddings));
    CHECK_NOTHROW(check_file(folder / "none", FileForm::unread));
}

}  // namespace trommel::dataset
