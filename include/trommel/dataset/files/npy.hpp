// Arrays of numbers in numpy's files: .npy, and .npz, which is a zip of them.
//
// Nothing is read before it is asked for and nothing is held: a file of any size opens at once.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3.
#pragma once

#include "trommel/dataset/files/mapped_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::dataset {

/// How each number is written; all are little-endian. bf16 is the upper half of an f32.
enum class NumberType { f16, bf16, f32, f64 };

/// The name of the type in messages: `float16`, `bfloat16`, `float32`, `float64`.
std::string_view to_string(NumberType type);
std::size_t bytes_of(NumberType type);

/// What `uint16` means: numpy has no bfloat16, and programs write its bits as uint16 or as void of
/// two bytes. The latter, ml_dtypes' way, is always read as bfloat16.
enum class Uint16 { refuse, is_bfloat16 };

/// Rows (rows, cols) that lie one after another in memory that the array keeps.
template <typename T>
struct RowsView {
    const T* values = nullptr;
    std::size_t rows = 0;
    std::size_t cols = 0;

    std::span<const T> row(std::size_t i) const { return {values + i * cols, cols}; }
    std::span<const T> all() const { return {values, rows * cols}; }
};

/// An array of a file. Its first dimension counts the rows; the others together make the columns,
/// the last one running fastest.
class NpyArray {
public:
    /// Opens a .npy file. Throws DataError where its header is not a numpy header, the numbers are
    /// not floating-point ones or big-endian, the array has no dimension, or a Fortran-ordered one
    /// more than two, and where the file is not exactly as long as the header's shape says.
    static NpyArray open(const std::filesystem::path& path, Uint16 uint16 = Uint16::refuse);

    /// Opens an array of a .npz file, which may be left empty if there is only one. Stored members
    /// are read where they lie; compressed ones are unpacked to a temporary file without a name.
    static NpyArray open_member(const std::filesystem::path& path,
                                std::string_view member = {},
                                Uint16 uint16 = Uint16::refuse);

    /// The array in all of `bytes`, a part of `file`; errors call it `name`.
    static NpyArray of_bytes(MappedFile file,
                             std::span<const std::byte> bytes,
                             std::string name,
                             Uint16 uint16 = Uint16::refuse);

    const std::vector<std::size_t>& shape() const { return shape_; }
    std::size_t rows() const { return shape_.front(); }
    /// Numbers in a row; 1 of an array with one dimension.
    std::size_t cols() const { return cols_; }
    NumberType type() const { return type_; }

    /// The file and, of a .npz, the member, as errors name it.
    const std::string& name() const { return name_; }

    /// The rows where they lie, which costs nothing; nothing where the numbers are of another type
    /// or in Fortran order, or lie at an odd address, as in a .npz they do. For `float` and
    /// `double`.
    template <typename T>
    std::optional<RowsView<T>> view() const;

    /// Copies `count` rows from `first` on to `out` (count * cols), converted. For `float` and
    /// `double`. Throws DataError if the file has become shorter.
    template <typename T>
    void read(std::size_t first, std::size_t count, std::span<T> out) const;

    /// Throws DataError if the file has become shorter, so that rows of view() may be zeros.
    void check() const;

    /// These rows will not be read again soon: takes them out of this program's resident set.
    void done_with(std::size_t first, std::size_t count) const;

private:
    NpyArray(MappedFile file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

    [[noreturn]] void fail(std::string_view what) const;
    void check_shape(std::size_t data_bytes);
    void check_order();

    MappedFile file_;
    std::string name_;
    std::vector<std::size_t> shape_{};
    std::size_t cols_ = 1;
    NumberType type_ = NumberType::f32;
    bool fortran_order_ = false;
    std::span<const std::byte> data_{};
};

/// The names of the arrays in a .npz file, in its order, without the `.npy` at their end.
std::vector<std::string> npz_members(const std::filesystem::path& path);

}  // namespace trommel::dataset
