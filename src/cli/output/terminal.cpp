#include "cli/output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace trommel::cli {

bool is_terminal(std::FILE* stream) {
    const char* term = std::getenv("TERM");
    return ::isatty(::fileno(stream)) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

std::string colour(std::FILE* stream, const char* code) {
    const char* no_color = std::getenv("NO_COLOR");
    if ((no_color != nullptr && *no_color != '\0') || !is_terminal(stream)) return {};
    return std::string("\033[") + code + 'm';
}

int terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

std::string cut(std::string text, int width) {
    const auto columns = static_cast<std::size_t>(width);
    if (text.size() > columns) text.resize(columns);
    return text;
}

}  // namespace trommel::cli
