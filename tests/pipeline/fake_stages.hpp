// Kinds of stages that do nothing: enough to check files that name them.
#pragma once

#include "trommel/pipeline/definition/pipeline.hpp"

#include <string>

namespace trommel::test {

/// `tags` sends a tag, `think` reads it (batch by batch if its depth is 1) and sends scores,
/// `choose` reads scores and sends a tag, `records` reads a tag and records that may fail,
/// `measure` reads a tag and measures `accuracy`.
Registry fake_stages();

/// What `trommel lint` says about the text, rendered; empty if it is good.
std::string lint(const std::string& yaml, const Overrides& overrides = {});

/// The pipeline of a text that is good. The registry lives for ever.
Pipeline read(const std::string& yaml, const Overrides& overrides = {});

/// A good file: the given stages (indented by two blanks) after a head that they need.
std::string with_stages(const std::string& stages);

}  // namespace trommel::test
