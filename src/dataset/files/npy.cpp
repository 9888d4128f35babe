#include "trommel/dataset/files/npy.hpp"

#include "little_endian.hpp"
#include "npy_header.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/files/half.hpp"
#include "zip.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cassert>
#include <concepts>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace trommel::dataset {
namespace {

constexpr std::string_view extension = ".npy";

struct Code {
    std::string_view descr;
    NumberType type;
};

constexpr std::array codes{Code{"<f2", NumberType::f16},
                           Code{"<f4", NumberType::f32},
                           Code{"<f8", NumberType::f64},
                           Code{"|V2", NumberType::bf16},
                           Code{"<V2", NumberType::bf16}};

/// What numpy's code means; DataError, a sentence without a place, where it is not taken.
NumberType type_of(const std::string& descr, Uint16 uint16) {
    if (descr == "<u2" && uint16 == Uint16::is_bfloat16) return NumberType::bf16;
    for (const auto& code : codes)
        if (code.descr == descr) return code.type;
    if (descr.starts_with('>'))
        throw DataError(
            fmt::format("the numbers are big-endian ('{0}'); write array.astype('<{1}')",
                        descr,
                        descr.substr(1)));
    throw DataError(
        fmt::format("the numbers are '{}', and must be '<f2', '<f4' or '<f8' (float16, float32, "
                    "float64), or bfloat16 as '|V2'; write array.astype('<f4')",
                    descr));
}

/// The product of all but the first, or nothing where it does not fit.
bool multiply(std::size_t& product, std::size_t factor) {
    return !__builtin_mul_overflow(product, factor, &product);
}

/// Calls `use` with a function from the address of a number of this type to T.
template <typename T, typename Use>
void with_decoder(NumberType type, Use use) {
    const auto bits = [](const std::byte* at) {
        return little_endian<std::uint16_t>({at, sizeof(std::uint16_t)});
    };
    const auto plain = [](auto number) {
        using Number = decltype(number);
        return [](const std::byte* at) {
            return static_cast<T>(little_endian<Number>({at, sizeof(Number)}));
        };
    };
    switch (type) {
        case NumberType::f16:
            return use([=](const std::byte* at) { return static_cast<T>(from_half(bits(at))); });
        case NumberType::bf16:
            return use(
                [=](const std::byte* at) { return static_cast<T>(from_bfloat16(bits(at))); });
        case NumberType::f32:
            return use(plain(float{}));
        case NumberType::f64:
            return use(plain(double{}));
    }
}

}  // namespace

std::string_view to_string(NumberType type) {
    constexpr std::array<std::string_view, 4> names{"float16", "bfloat16", "float32", "float64"};
    return names.at(static_cast<std::size_t>(type));
}

std::size_t bytes_of(NumberType type) {
    constexpr std::array<std::size_t, 4> sizes{2, 2, 4, 8};
    return sizes.at(static_cast<std::size_t>(type));
}

void NpyArray::fail(std::string_view what) const {
    throw DataError(fmt::format("{}: {}", name_, what));
}

NpyArray NpyArray::open(const std::filesystem::path& path, Uint16 uint16) {
    auto file = MappedFile::open(path);
    const auto bytes = file.bytes();
    return of_bytes(std::move(file), bytes, path.string(), uint16);
}

NpyArray NpyArray::of_bytes(MappedFile file,
                            std::span<const std::byte> bytes,
                            std::string name,
                            Uint16 uint16) {
    NpyArray array(std::move(file), std::move(name));
    try {
        auto header = parse_npy_header(bytes);
        array.type_ = type_of(header.descr, uint16);
        array.shape_ = std::move(header.shape);
        array.fortran_order_ = header.fortran_order;
        array.data_ = bytes.subspan(header.bytes);
    } catch (const DataError& error) {
        array.fail(error.what());
    }
    array.check_shape(array.data_.size());
    array.check_order();
    return array;
}

/// The shape must be one of rows, and account for every byte behind the header.
void NpyArray::check_shape(std::size_t data_bytes) {
    if (shape_.empty()) fail("it holds one number; the first dimension must count the samples");
    const auto text = fmt::format("({})", fmt::join(shape_, ", "));
    bool fits = true;
    for (std::size_t i = 1; i < shape_.size(); ++i) fits = fits && multiply(cols_, shape_[i]);
    std::size_t bytes = bytes_of(type_);
    fits = fits && multiply(bytes, cols_) && multiply(bytes, shape_.front());
    if (!fits || bytes > data_bytes)
        fail(
            fmt::format("the header says {} numbers of {}, and the file holds {} bytes of them: it "
                        "was cut off, or its header is wrong",
                        text,
                        to_string(type_),
                        data_bytes));
    if (bytes < data_bytes)
        fail(fmt::format(
            "the header says {} numbers of {}, which are {} bytes, and the file holds {}; "
            "write one array a file",
            text,
            to_string(type_),
            bytes,
            data_bytes));
    if (cols_ == 0 && shape_.front() > std::numeric_limits<std::uint32_t>::max())
        fail(fmt::format("the header says {} numbers, which are none for too many samples", text));
}

/// Rows are read in both orders, what has more dimensions in C's alone.
void NpyArray::check_order() {
    // Of one row or one column both orders are the same.
    if (shape_.front() <= 1 || cols_ <= 1) fortran_order_ = fortran_order_ && shape_.size() > 2;
    if (fortran_order_ && shape_.size() > 2)
        fail(
            "it is in Fortran order and has more than two dimensions; write "
            "numpy.ascontiguousarray(array)");
}

template <typename T>
std::optional<RowsView<T>> NpyArray::view() const {
    constexpr auto own = std::same_as<T, float> ? NumberType::f32 : NumberType::f64;
    if (type_ != own || fortran_order_) return std::nullopt;
    if (reinterpret_cast<std::uintptr_t>(data_.data()) % alignof(T) != 0) return std::nullopt;
    return RowsView<T>{reinterpret_cast<const T*>(data_.data()), rows(), cols_};
}

template <typename T>
void NpyArray::read(std::size_t first, std::size_t count, std::span<T> out) const {
    assert(count <= rows() && first <= rows() - count && out.size() == count * cols_);
    const std::size_t size = bytes_of(type_);
    with_decoder<T>(type_, [&](auto decode) {
        if (!fortran_order_) {
            const std::byte* at = data_.data() + first * cols_ * size;
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = decode(at + i * size);
            return;
        }
        for (std::size_t j = 0; j < cols_; ++j) {
            const std::byte* at = data_.data() + (j * rows() + first) * size;
            for (std::size_t i = 0; i < count; ++i) out[i * cols_ + j] = decode(at + i * size);
        }
    });
    check();
}

template std::optional<RowsView<float>> NpyArray::view() const;
template std::optional<RowsView<double>> NpyArray::view() const;
template void NpyArray::read(std::size_t, std::size_t, std::span<float>) const;
template void NpyArray::read(std::size_t, std::size_t, std::span<double>) const;

void NpyArray::check() const { file_.check(); }

void NpyArray::done_with(std::size_t first, std::size_t count) const {
    const std::size_t size = bytes_of(type_);
    if (!fortran_order_)
        return file_.done_with(data_.subspan(first * cols_ * size, count * cols_ * size));
    for (std::size_t j = 0; j < cols_; ++j)
        file_.done_with(data_.subspan((j * rows() + first) * size, count * size));
}

NpyArray NpyArray::open_member(const std::filesystem::path& path,
                               std::string_view member,
                               Uint16 uint16) {
    const ZipArchive archive(MappedFile::open(path));
    const auto names = npz_members(path);
    if (member.empty() && names.size() != 1)
        throw DataError(fmt::format("{}: holds {} arrays ({}); say which one to read",
                                    path.string(),
                                    names.size(),
                                    fmt::join(names, ", ")));
    const std::string name(member.empty() ? std::string_view(names.front()) : member);
    const auto* found = archive.find(name + std::string(extension));
    if (found == nullptr)
        throw DataError(fmt::format(
            "{}: holds no array '{}', only {}", path.string(), name, fmt::join(names, ", ")));
    auto content = archive.open(*found);
    return of_bytes(
        std::move(content.file), content.bytes, fmt::format("{}[{}]", path.string(), name), uint16);
}

std::vector<std::string> npz_members(const std::filesystem::path& path) {
    const ZipArchive archive(MappedFile::open(path));
    std::vector<std::string> names;
    for (const auto& entry : archive.entries())
        if (entry.name.ends_with(extension))
            names.push_back(entry.name.substr(0, entry.name.size() - extension.size()));
    return names;
}

}  // namespace trommel::dataset
