#include "trommel/dataset/names.hpp"

#include "trommel/core/name.hpp"
#include "trommel/dataset/files/line_reader.hpp"
#include "trommel/dataset/name_map.hpp"

#include <fmt/format.h>

#include <utility>

namespace trommel::dataset {

namespace {

void check_name(const LineReader& lines, std::string_view name) {
    if (const auto fault = fault_of_name(name))
        lines.fail(fmt::format("'{}' is not a name of a sample: it {}", shown(name), *fault));
}

std::vector<std::string> read_all(LineReader lines) {
    std::vector<std::string> names;
    NameMap<std::size_t> seen;
    while (const auto name = lines.next()) {
        if (name->empty()) continue;
        check_name(lines, *name);
        const auto [first, is_new] = seen.try_emplace(std::string(*name), lines.line());
        if (!is_new)
            lines.fail(fmt::format(
                "sample '{}' appears a second time, first in line {}", *name, first->second));
        names.emplace_back(*name);
    }
    return names;
}

}  // namespace

std::vector<std::string> read_names(const std::filesystem::path& path) {
    return read_all(LineReader::open(path));
}

void check_names(const std::filesystem::path& path) {
    LineReader lines = LineReader::open(path);
    for (auto name = lines.next(); name; name = lines.next()) {
        if (name->empty()) continue;
        return check_name(lines, *name);
    }
}

std::vector<std::string> parse_names(std::string_view text, std::string name) {
    return read_all(LineReader::of_text(text, std::move(name)));
}

}  // namespace trommel::dataset
