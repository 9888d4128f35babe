#pragma once

#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace trommel {

/// A dense matrix. Row-major and compact: value (i, j) is at i * cols() + j.
template <typename T>
class BasicMatrix {
public:
    BasicMatrix() = default;
    BasicMatrix(std::size_t rows, std::size_t cols)
        : rows_(rows), cols_(cols), values_(rows * cols) {}

    /// Literal rows of one length, for tests and examples.
    BasicMatrix(std::initializer_list<std::initializer_list<T>> rows) : rows_(rows.size()) {
        for (const auto& row : rows) {
            assert(cols_ == 0 || row.size() == cols_);
            cols_ = row.size();
            values_.insert(values_.end(), row.begin(), row.end());
        }
    }

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    bool empty() const { return values_.empty(); }

    T& operator()(std::size_t i, std::size_t j) { return values_[i * cols_ + j]; }
    const T& operator()(std::size_t i, std::size_t j) const { return values_[i * cols_ + j]; }

    std::span<T> row(std::size_t i) { return {values_.data() + i * cols_, cols_}; }
    std::span<const T> row(std::size_t i) const { return {values_.data() + i * cols_, cols_}; }

    /// All values (rows * cols), row after row.
    std::span<T> values() { return values_; }
    std::span<const T> values() const { return values_; }

    /// Adds one row below; the first row fixes the width.
    void append_row(std::span<const T> row) {
        assert(rows_ == 0 || row.size() == cols_);
        cols_ = row.size();
        ++rows_;
        values_.insert(values_.end(), row.begin(), row.end());
    }

    friend bool operator==(const BasicMatrix&, const BasicMatrix&) = default;

private:
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
    std::vector<T> values_;
};

/// Embeddings and features (samples, dimensions).
using Matrix = BasicMatrix<float>;

/// Predicted probabilities (samples, classes); double, because Lightly's scores are defined in it.
using Probabilities = BasicMatrix<double>;

}  // namespace trommel
