// What the program says: the only place of it that writes to standard output and standard error.
//
// Results go to standard output, and what cannot be written there is an error. What is told on the
// way goes to standard error, and nothing fails because that is full, slow or gone.
#pragma once

#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace trommel::cli {

/// Nobody reads the results any more, as in `trommel runs | head`; the program ends as others do.
class ReaderGone : public Error {
public:
    ReaderGone() : Error("nobody reads the results") {}
};

/// To be called before anything else in main: a closed standard stream becomes /dev/null, so that
/// no file is opened in its place, and what cannot be written is an error of the call, no signal.
void prepare_standard_streams();

/// Adds to the results. Throws ReaderGone, or Error where they cannot be written.
void write_result(std::string_view text);
/// Brings the results to their reader; throws as write_result().
void flush_results();
/// Ends the program by SIGPIPE, as it would have ended without prepare_standard_streams().
[[noreturn]] void end_without_reader();

/// What a person has to know. A reader that is slow is waited for.
void write_note(std::string_view text) noexcept;
/// What is out of date soon. Waits for nobody for long: what is not read is left out.
void write_progress(std::string_view text) noexcept;

template <typename... Args>
void print_result(fmt::format_string<Args...> format, Args&&... args) {
    write_result(fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void print_note(fmt::format_string<Args...> format, Args&&... args) {
    write_note(fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void print_progress(fmt::format_string<Args...> format, Args&&... args) {
    write_progress(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace trommel::cli
