// The README and CONTRIBUTING say only what is so: every pipeline in them lints, every command is
// one.

#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <vector>

namespace trommel {
namespace {

const std::string program = TROMMEL_PROGRAM;
const std::string source = TROMMEL_SOURCE_DIR;

/// The fenced blocks of a language in a Markdown file.
std::vector<std::string> blocks(const std::string& file, const std::string& language) {
    std::vector<std::string> found;
    std::ifstream in(source + "/" + file);
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) {
            inside = !inside && line == "```" + language;
            if (inside) found.emplace_back();
        } else if (inside) {
            found.back() += line + '\n';
        }
    }
    return found;
}

}  // namespace

TEST_CASE("every whole pipeline in the README lints", "[cli]") {
    test::TempDir folder;
    int whole = 0;
    for (const auto& block : blocks("README.md", "yaml")) {
        if (!block.starts_with("version:")) continue;
        ++whole;
        const auto end = test::shell(program + " lint --no-files " +
                                     folder.write("readme.yaml", block).string());
        INFO(block);
        INFO(end.output);
        CHECK(end.code == 0);
    }
    CHECK(whole >= 1);
}

TEST_CASE("every trommel command in the README is one", "[cli]") {
    int commands = 0;
    for (const auto& block : blocks("README.md", "sh")) {
        std::istringstream lines(block);
        for (std::string line; std::getline(lines, line);) {
            const auto at = line.find("trommel ");
            if (at == std::string::npos || line.find("build/release/trommel ") == std::string::npos)
                continue;
            std::istringstream words(line.substr(at + 8));
            std::string verb;
            words >> verb;
            ++commands;
            INFO(line);
            CHECK(test::shell(program + " " + verb + " --help").code == 0);
        }
    }
    CHECK(commands >= 3);
}

}  // namespace trommel
