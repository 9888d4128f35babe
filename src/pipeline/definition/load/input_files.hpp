#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

namespace trommel {

/// Opens every file that the pipeline names as far as its header, and says what is wrong. A file
/// that a program of the run may make before it is read is only warned of where it is missing.
void check_input_files(const Pipeline& pipeline, Diagnostics& diagnostics);

}  // namespace trommel
