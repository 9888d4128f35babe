#include "trommel/dataset/files/npy.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace trommel::dataset {

using Catch::Matchers::Contains;

namespace {

using Path = std::filesystem::path;
using Shape = std::vector<std::size_t>;

/// A file that numpy wrote.
Path numpy(std::string_view name) {
    return Path(TROMMEL_SOURCE_DIR) / "tests/dataset/numpy" / name;
}

/// What every two-dimensional file of them holds.
const std::vector<float> values{
    0.5F, 0.25F, 0.25F, 1, 0, 0, 0.125F, 0.375F, 0.5F, 0.0625F, 0.9375F, 0};

template <typename T = float>
std::vector<T> all_of(const NpyArray& array) {
    std::vector<T> rows(array.rows() * array.cols());
    array.read<T>(0, array.rows(), rows);
    return rows;
}

std::string content_of(const Path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A .npy text with this header dict, and `bytes` zeros behind it.
std::string npy(const std::string& dict, std::size_t bytes) {
    const auto length = static_cast<char>(dict.size() + 1);
    return std::string("\x93NUMPY\x01\x00", 8) + length + '\0' + dict + '\n' +
           std::string(bytes, '\0');
}

void check_refused(const std::string& content, const std::string& why) {
    const test::TempDir dir;
    const auto file = dir.write("p.npy", content);
    CHECK_THROWS_AS(NpyArray::open(file), DataError);
    CHECK_THROWS_WITH(NpyArray::open(file), Contains("p.npy: ") && Contains(why));
}

}  // namespace

TEST_CASE("arrays of numpy are read in every type and order", "[dataset]") {
    for (const auto* name : {"f16.npy",
                             "f16_fortran.npy",
                             "f32.npy",
                             "f32_fortran.npy",
                             "f64.npy",
                             "f64_fortran.npy",
                             "version2.npy",
                             "bfloat16_as_void.npy"}) {
        INFO(name);
        const auto array = NpyArray::open(numpy(name));
        CHECK(array.shape() == Shape{4, 3});
        CHECK(all_of(array) == values);
        CHECK(all_of<double>(array) == std::vector<double>(values.begin(), values.end()));
    }
}

TEST_CASE("rows of the machine's own numbers are looked at where they lie", "[dataset]") {
    const auto array = NpyArray::open(numpy("f32.npy"));
    const auto view = array.view<float>();
    REQUIRE(view);
    CHECK(view->rows == 4);
    CHECK(std::vector<float>(view->row(2).begin(), view->row(2).end()) ==
          std::vector<float>{0.125F, 0.375F, 0.5F});
    CHECK_FALSE(array.view<double>());
    CHECK_FALSE(NpyArray::open(numpy("f32_fortran.npy")).view<float>());
    CHECK(NpyArray::open(numpy("f64.npy")).view<double>());
}

TEST_CASE("rows in the middle of an array are read alone", "[dataset]") {
    for (const auto* name : {"f64.npy", "f64_fortran.npy"}) {
        const auto array = NpyArray::open(numpy(name));
        std::vector<float> rows(6);
        array.read<float>(1, 2, rows);
        CHECK(rows == std::vector<float>(values.begin() + 3, values.begin() + 9));
        array.done_with(1, 2);
        CHECK(all_of(array) == values);
    }
}

TEST_CASE("half precision keeps zeros, subnormals, infinities and NaN", "[dataset]") {
    const auto row = all_of<double>(NpyArray::open(numpy("f16_edges.npy")));
    REQUIRE(row.size() == 10);
    CHECK((row[0] == 0 && !std::signbit(row[0]) && row[1] == 0 && std::signbit(row[1])));
    CHECK(row[2] == 0x1p-24);
    CHECK(row[3] == 0x3ffp-24);
    CHECK(row[4] == 0x1p-14);
    CHECK(row[5] == 1);
    CHECK(row[6] == 65504);
    CHECK((std::isinf(row[7]) && row[7] > 0 && std::isinf(row[8]) && row[8] < 0));
    CHECK(std::isnan(row[9]));
}

TEST_CASE("dimensions behind the first make a row", "[dataset]") {
    const auto one = NpyArray::open(numpy("one_dimension.npy"));
    CHECK((one.rows() == 3 && one.cols() == 1));
    const auto four = NpyArray::open(numpy("four_dimensions.npy"));
    CHECK(four.shape() == Shape{2, 4, 3, 2});
    CHECK(four.cols() == 24);
    CHECK(four.view<float>()->row(1).front() == 24);
    CHECK(NpyArray::open(numpy("no_rows.npy")).rows() == 0);
}

TEST_CASE("members of npz files are read, stored and compressed", "[dataset]") {
    CHECK(npz_members(numpy("two.npz")) == std::vector<std::string>{"probs", "features"});
    CHECK(all_of(NpyArray::open_member(numpy("one.npz"))) == values);
    const auto probs = NpyArray::open_member(numpy("two.npz"), "probs");
    CHECK(all_of(probs) == values);
    const auto unpacked = NpyArray::open_member(numpy("compressed.npz"), "probs");
    REQUIRE(unpacked.shape() == Shape{200, 3});
    CHECK(unpacked.view<float>()->row(199)[1] == 0.9375F);
}

TEST_CASE("a npz of several arrays must say which one is meant", "[dataset]") {
    CHECK_THROWS_WITH(NpyArray::open_member(numpy("two.npz")),
                      Contains("two.npz: holds 2 arrays (probs, features); say which one to read"));
    CHECK_THROWS_WITH(NpyArray::open_member(numpy("two.npz"), "p"),
                      Contains("holds no array 'p', only probs, features"));
}

TEST_CASE("other numbers than floating-point ones of this machine are refused", "[dataset]") {
    CHECK_THROWS_WITH(
        NpyArray::open(numpy("big_endian.npy")),
        Contains("big_endian.npy: the numbers are big-endian ('>f4'); write array.astype('<f4')"));
    CHECK_THROWS_WITH(NpyArray::open(numpy("int64.npy")), Contains("the numbers are '<i8'"));
    CHECK_THROWS_WITH(NpyArray::open(numpy("bfloat16_as_uint16.npy")), Contains("'<u2'"));
    CHECK_THROWS_WITH(NpyArray::open(numpy("records.npy")), Contains("records of several fields"));
    CHECK_THROWS_WITH(NpyArray::open(numpy("number.npy")), Contains("holds one number"));
    CHECK_THROWS_WITH(NpyArray::open(numpy("four_dimensions_fortran.npy")),
                      Contains("Fortran order and has more than two dimensions"));
}

TEST_CASE("uint16 is bfloat16 where the reader says so", "[dataset]") {
    const auto array = NpyArray::open(numpy("bfloat16_as_uint16.npy"), Uint16::is_bfloat16);
    CHECK(to_string(array.type()) == "bfloat16");
    CHECK(all_of(array) == values);
}

TEST_CASE("a header that lies about its shape is refused", "[dataset]") {
    const auto dict = [](std::string_view shape) {
        return fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", shape);
    };
    CHECK(npy(dict("(2, 3)"), 24).size() > 24);
    check_refused(npy(dict("(2, 3)"), 23),
                  "the header says (2, 3) numbers of float32, and the file "
                  "holds 23 bytes of them");
    check_refused(npy(dict("(2, 3)"), 28), "write one array a file");
    check_refused(npy(dict("(4611686018427387904, 4)"), 24), "the file holds 24 bytes");
    check_refused(npy(dict("(0, 18446744073709551615, 2)"), 0), "the file holds 0 bytes");
    check_refused(npy(dict("(18446744073709551616,)"), 4), "integers from 0 to 2^64");
    check_refused(npy(dict("(-1, 4)"), 4), "integers from 0 to 2^64");
    check_refused(npy(dict("(99999999999, 0)"), 0), "none for too many samples");
    check_refused(npy(dict("()"), 4), "the first dimension must count the samples");
}

TEST_CASE("what is not a numpy header is refused", "[dataset]") {
    check_refused("", "does not begin with \\x93NUMPY");
    check_refused("file_name,cat\n", "does not begin with \\x93NUMPY");
    check_refused("\x93NUMPY", "ends within its header");
    check_refused(std::string("\x93NUMPY\x04\x00\x02\x00{}", 12), "version 4");
    check_refused(std::string("\x93NUMPY\x01\x00\xff\x00{}", 12), "ends within its header");
    check_refused(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14), "1 MiB is the most");
    check_refused(npy("{'descr': '<f4'}", 4), "must have 'descr', 'fortran_order' and 'shape'");
    check_refused(npy("{'descr': '<f4', 'descr': '<f4'}", 4), "'descr' is unknown, or there twice");
    check_refused(npy("{'descr': '<f4", 4), "a string has no end");
    check_refused(npy("{'shape': (1", 4), "a comma or ')' is missing");
    check_refused(npy("{'fortran_order': 1}", 4), "must be True or False");
    check_refused(npy("{} 1", 4), "more appears after the dict");
}

TEST_CASE("a zip that is cut off or damaged is refused at every byte", "[dataset]") {
    const test::TempDir dir;
    const auto whole = content_of(numpy("compressed.npz"));
    for (std::size_t length = 0; length < whole.size(); length += 3) {
        INFO(length);
        const auto file = dir.write("cut.npz", whole.substr(0, length));
        CHECK_THROWS_WITH(NpyArray::open_member(file), Contains("cut.npz: is not a .npz file"));
    }
    auto damaged = whole;
    damaged[damaged.find("probs.npy") + 60] ^= 0x55;
    CHECK_THROWS_WITH(NpyArray::open_member(dir.write("bad.npz", damaged)),
                      Contains("bad.npz[probs.npy]: the compressed data are damaged"));
}

TEST_CASE("a file that is cut off while it is mapped is an error and no crash", "[dataset]") {
    const test::TempDir dir;
    const auto file = dir.write(
        "p.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (40000,)}", 160000));
    const auto array = NpyArray::open(file);
    const auto view = array.view<float>();
    std::filesystem::resize_file(file, 100);

    double sum = 0;
    if (view)
        for (const float value : view->all()) sum += static_cast<double>(value);

    CHECK(sum == 0);
    CHECK_THROWS_WITH(array.check(), Contains("the file was cut to 100 of its"));
    std::vector<float> rows(40000);
    CHECK_THROWS_AS(array.read<float>(0, 40000, rows), DataError);
}

TEST_CASE("what is not a file to map is refused", "[dataset]") {
    const test::TempDir dir;
    CHECK_THROWS_WITH(NpyArray::open(dir / "none.npy"), Contains("none.npy: cannot be opened"));
    CHECK_THROWS_WITH(NpyArray::open(dir.path()), Contains("is not a file that can be mapped"));
}

}  // namespace trommel::dataset
