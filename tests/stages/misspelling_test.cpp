// Lint's promise, tried on what people start from: no name and no path of a pipeline that comes
// with trommel can be misspelt and pass.

#include "support/temp_dir.hpp"
#include "trommel/pipeline/definition/pipeline.hpp"
#include "trommel/pipeline/language/yaml.hpp"
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <set>

namespace trommel {
namespace {

namespace fs = std::filesystem;

/// A name as it is in a file.
struct Word {
    std::string text{};
    std::string where{};  ///< the keys above it: `stages.sample.with.score`
    std::size_t offset = 0;
    bool is_key = false;
};

bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Names and paths, piece by piece: `data/digits.csv` is three, `${params.batch}` two.
class Words {
public:
    explicit Words(const std::string& text) : text_(text) {}

    std::vector<Word> of(const Node& node) && {
        add_node(node, "");
        return std::move(words_);
    }

private:
    void add_node(const Node& node, const std::string& where) {
        if (node.is_scalar()) add(node.text(), node.place(), where, false);
        for (const Node& item : node.items()) add_node(item, where);
        for (const auto& [key, place, value] : node.entries()) {
            const auto below = where.empty() ? key : where + "." + key;
            add(key, place, below, true);
            add_node(value, below);
        }
    }

    void add(const std::string& scalar, const Place& place, const std::string& where, bool is_key) {
        const auto begin = text_.find(scalar, offset_of(place));
        REQUIRE(begin != std::string::npos);
        for (std::size_t at = 0; at < scalar.size();) {
            auto end = at;
            while (end < scalar.size() && is_of_word(scalar[end])) ++end;
            if (end > at && std::isalpha(static_cast<unsigned char>(scalar[at])) != 0)
                words_.push_back({scalar.substr(at, end - at), where, begin + at, is_key});
            at = std::max(end, at + 1);
        }
    }

    std::size_t offset_of(const Place& place) const {
        std::size_t at = 0;
        for (std::size_t line = 1; line < place.line; ++line) at = text_.find('\n', at) + 1;
        for (std::size_t column = 1; column < place.column; ++at)
            if ((static_cast<unsigned char>(text_[at + 1]) & 0xC0) != 0x80) ++column;
        return at;
    }

    const std::string& text_;
    std::vector<Word> words_;
};

/// With a letter less or, of the shortest, one more.
std::string misspelt(const std::string& word) {
    auto wrong = word;
    if (wrong.size() < 4) return wrong + wrong.back();
    return wrong.erase(wrong.size() / 2, 1);
}

bool ends_with_any(const std::string& where, std::initializer_list<const char*> ends) {
    return std::ranges::any_of(ends, [&](const char* end) { return where.ends_with(end); });
}

/// What is not a mistake however it is written: a text, what is named here for the first time and
/// nowhere else, and what lies beyond this machine.
bool is_free(const Word& word, const std::set<std::string>& references) {
    const auto depth = std::ranges::count(word.where, '.');
    const bool defines = word.is_key && depth == 1;
    for (const auto* section : {"stages.", "params.", "state."})
        if (defines && word.where.starts_with(section)) return !references.contains(word.text);
    if (defines && word.where.starts_with("hooks.")) return true;
    if (word.is_key) return defines && word.where.starts_with("tests.");
    if (word.where == "name" || word.where == "dataset.name") return true;
    if (ends_with_any(word.where, {".help", ".tag", "expect.error"})) return true;
    // Other machines, and a database that is made where there is none.
    return ends_with_any(word.where, {"url", "params.model", "platform.embedded"});
}

/// The folder of the pipelines with all data, as tools/import-fashion-mnist would leave it.
class Shipped {
public:
    Shipped() {
        const fs::path from = fs::path(TROMMEL_SOURCE_DIR) / "pipelines";
        fs::create_directories(folder_ / "data/fashion-mnist");
        for (const auto& entry : fs::directory_iterator(from))
            if (entry.path().extension() == ".yaml")
                files_.push_back(entry.path().filename().string());
        for (const auto& file : files_) fs::copy_file(from / file, folder_ / file);
        for (const auto& entry : fs::directory_iterator(from / "data"))
            if (entry.is_regular_file())
                fs::create_symlink(entry.path(), folder_ / "data" / entry.path().filename());
        for (const auto& [ours, theirs] : {std::pair("digits.csv", ".csv"),
                                           std::pair("digits-labels.csv", "-labels.csv"),
                                           std::pair("digits-names.txt", "-test.txt")})
            fs::create_symlink(
                from / "data" / ours,
                folder_ / ("data/fashion-mnist/fashion-mnist" + std::string(theirs)));
        ::setenv("TROMMEL_TOKEN", "a-long-secret-of-22-letters", 1);
        ::setenv("TROMMEL_HOOK_SECRET", "whsec_YS1zZWNyZXQtb2YtMjQtYnl0ZXMtMTIzNDU=", 1);
    }

    const std::vector<std::string>& files() const { return files_; }

    SourceText source(const std::string& file) const { return load_source(folder_ / file); }

    /// What lint says; empty if the text is good.
    std::string lint(const SourceText& source) const {
        Diagnostics diagnostics;
        read_pipeline(source, folder_.path(), registry_, {}, diagnostics, InputFiles::checked);
        return diagnostics.has_errors() ? diagnostics.render(source) : "";
    }

private:
    test::TempDir folder_;
    std::vector<std::string> files_;
    Registry registry_ = stages::all_stages();
};

}  // namespace

TEST_CASE("no name and no path of a shipped pipeline can be misspelt and pass lint", "[stages]") {
    const Shipped shipped;
    REQUIRE(shipped.files().size() >= 11);
    std::size_t tried = 0;
    std::map<std::string, std::size_t> free;
    for (const auto& file : shipped.files()) {
        const auto source = shipped.source(file);
        REQUIRE(shipped.lint(source) == "");
        Diagnostics none;
        const auto words = Words(source.text).of(parse_yaml(source, none).value());
        std::set<std::string> references;
        for (const auto& word : words)
            if (!word.is_key && !word.where.ends_with(".uses")) references.insert(word.text);
        for (const auto& word : words) {
            if (is_free(word, references)) {
                ++free[word.where];
                continue;
            }
            auto wrong = source;
            wrong.text.replace(word.offset, word.text.size(), misspelt(word.text));
            INFO(fmt::format("{}: '{}' at {}", file, word.text, word.where));
            CHECK(shipped.lint(wrong) != "");
            ++tried;
        }
    }
    WARN(
        fmt::format("{} names and pieces of paths were misspelt in {} pipelines; {} places are "
                    "free to be anything",
                    tried,
                    shipped.files().size(),
                    free.size()));
    CHECK(tried > 1200);
}

}  // namespace trommel
