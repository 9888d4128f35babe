#pragma once

#include "pipeline/definition/load/params.hpp"
#include "trommel/pipeline/definition/matrix_spec.hpp"

namespace trommel {

/// Reads the map `matrix`: a list of values or `{from, to, step}` for each param that varies,
/// `exclude` and `include`. Every name must be a declared param, and every value must fit it.
MatrixSpec read_matrix(const Node& node, const ParamSpecs& params, const OptionReader& reader);
OptionInfo matrix_info();

/// Says which `${matrix.x}` in the document name nothing that the matrix sets. Those that do have
/// the value of the param `x`.
void check_matrix_references(const Node& document,
                             const MatrixSpec& matrix,
                             Diagnostics& diagnostics);

}  // namespace trommel
