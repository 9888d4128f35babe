// What only a terminal has: colours, a width, lines that are drawn over.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace trommel::cli {

/// Whether the stream is a terminal that takes escape sequences.
bool is_terminal(std::FILE* stream);

/// The escape sequence of an SGR code such as `31`; empty where the stream is not a terminal or
/// NO_COLOR is set (https://no-color.org).
std::string colour(std::FILE* stream, const char* code);

/// Columns of the terminal on standard error; 80 where there is none.
int terminal_width();

/// Cuts `text`, which has no escape sequences, to `width` columns.
std::string cut(std::string text, int width);

}  // namespace trommel::cli
