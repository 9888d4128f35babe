// The matrix of a pipeline: which params a sweep varies, and over which values.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace trommel {

/// `--set name=value`: a param's value, read as YAML reads a scalar.
using Overrides = std::vector<std::pair<std::string, std::string>>;

/// Values of params as they are written, by name.
using ParamTexts = std::map<std::string, std::string>;

struct MatrixAxis {
    std::string param{};
    std::vector<std::string> values{};  ///< distinct, at least one
};

/// `matrix: {method: [A, B], seed: {from: 1, to: 10}}`, with what it leaves out and adds.
struct MatrixSpec {
    std::vector<MatrixAxis> axes{};     ///< as in the file
    std::vector<ParamTexts> exclude{};  ///< combinations that have all of these values are left out
    std::vector<ParamTexts> include{};  ///< see combinations_of

    /// All params that it sets, in the file's order.
    std::vector<std::string> params() const;
};

/// The most combinations that a matrix may have.
inline constexpr std::size_t max_combinations = 100'000;

/// The matrix in which what `overrides` set does not vary: its axis has that value alone, and
/// inclusions of other values are gone.
MatrixSpec fixed_by(MatrixSpec matrix, const Overrides& overrides);

/// Every combination of the axes' values, the first axis slowest, less the excluded ones, then what
/// `include` makes of them, as in GitHub Actions: the values of an inclusion are added to each
/// combination that has none of them otherwise; if there is no such, it is a combination itself.
std::vector<ParamTexts> combinations_of(const MatrixSpec& matrix);

}  // namespace trommel
