#include "pipeline/definition/reader/extends.hpp"

#include "trommel/pipeline/language/interpolation.hpp"
#include "trommel/pipeline/language/yaml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace trommel {
namespace {

Node put_over(const Node& base, const Node& over);

/// The entries of two maps as one map's.
class Entries {
public:
    explicit Entries(const Node& base) {
        for (const auto& entry : base.entries()) add(entry);
    }

    void put_over(const NodeEntry& over) {
        const auto known = index_.find(over.key);
        if (known == index_.end()) return add(over);
        auto& entry = entries_[known->second];
        if (over.value.is_null()) {
            entry.reset();
            index_.erase(known);
        } else {
            entry =
                NodeEntry{over.key, over.key_place, trommel::put_over(entry->value, over.value)};
        }
    }

    std::vector<NodeEntry> take() {
        std::vector<NodeEntry> left;
        for (auto& entry : entries_)
            if (entry) left.push_back(*std::move(entry));
        return left;
    }

private:
    void add(const NodeEntry& entry) {
        index_.emplace(entry.key, entries_.size());
        entries_.emplace_back(entry);
    }

    std::vector<std::optional<NodeEntry>> entries_;
    std::unordered_map<std::string, std::size_t> index_;
};

Node put_over(const Node& base, const Node& over) {
    if (!base.is_map() || !over.is_map()) return over;
    Entries entries(base);
    for (const auto& entry : over.entries()) entries.put_over(entry);
    return Node::map(over.place(), entries.take());
}

Node without_extends(const Node& document) {
    std::vector<NodeEntry> entries;
    for (const auto& entry : document.entries())
        if (entry.key != "extends") entries.push_back(entry);
    return Node::map(document.place(), std::move(entries));
}

/// Reads bases, and theirs.
class Extender {
public:
    explicit Extender(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    /// `chain` are the names of the files that lead here, the document's own last.
    Node extended(const Node& document,
                  const std::filesystem::path& folder,
                  const std::vector<std::string>& chain) {
        const Node* extends = document.find("extends");
        if (extends == nullptr) return document;
        std::optional<Node> whole;
        for (const Node& name : names_in(*extends)) {
            const auto base = read(name, folder, chain);
            if (base) whole = whole ? put_over(*whole, *base) : *base;
        }
        const Node own = without_extends(document);
        return whole ? put_over(*whole, own) : own;
    }

private:
    std::vector<Node> names_in(const Node& extends) {
        std::vector<Node> names(extends.items().begin(), extends.items().end());
        if (!extends.is_list()) names.push_back(extends);
        if (names.empty()) say_wrong(extends);
        std::erase_if(names, [this](const Node& name) { return !is_name(name); });
        return names;
    }

    bool is_name(const Node& name) {
        const bool is_text = name.is_scalar() && !name.text().empty();
        if (!is_text) say_wrong(name);
        if (!is_text || !has_references(name)) return is_text;
        diagnostics_.error(name.place(),
                           "bad-reference",
                           "'extends' cannot hold references: it is read before all else",
                           "name the file as it is");
        return false;
    }

    void say_wrong(const Node& node) {
        diagnostics_.error(
            node.place(),
            "wrong-type",
            fmt::format("'extends' must be a file or a list of files, not {}", describe(node)));
    }

    std::optional<Node> read(const Node& name,
                             const std::filesystem::path& folder,
                             const std::vector<std::string>& chain) {
        const auto file = (folder / name.text()).lexically_normal();
        auto longer = chain;
        longer.push_back(file.string());
        if (!may_read(name, longer)) return std::nullopt;
        const auto base = load(name, file);
        if (!base) return std::nullopt;
        return extended(*base, file.parent_path(), longer);
    }

    bool may_read(const Node& name, const std::vector<std::string>& chain) {
        const auto is_last = [&](const std::string& file) {
            std::error_code ignored;
            return std::filesystem::weakly_canonical(file, ignored) ==
                   std::filesystem::weakly_canonical(chain.back(), ignored);
        };
        if (std::ranges::count_if(chain, is_last) > 1)
            return refuse(name,
                          "extends-cycle",
                          fmt::format("files extend each other: {}", fmt::join(chain, " → ")));
        if (chain.size() > max_extends_depth + 1)
            return refuse(name,
                          "too-deep",
                          fmt::format("more than {} files extend each other in a row: {}",
                                      max_extends_depth,
                                      fmt::join(chain, " → ")));
        if (diagnostics_.included().size() >= max_bases)
            return refuse(
                name, "too-many-bases", fmt::format("more than {} files are extended", max_bases));
        return true;
    }

    bool refuse(const Node& name, std::string code, std::string message) {
        diagnostics_.error(name.place(), std::move(code), std::move(message));
        return false;
    }

    std::optional<Node> load(const Node& name, const std::filesystem::path& file) {
        SourceText text;
        try {
            text = load_source(file);
        } catch (const ConfigError& error) {
            refuse(name, "no-base", error.what());
            return std::nullopt;
        }
        const SourceText& source = diagnostics_.include(std::move(text));
        auto base = parse_yaml(source, diagnostics_);
        if (!base || base->is_map()) return base;
        diagnostics_.error(base->place(),
                           "wrong-type",
                           fmt::format("a pipeline must be a map, not {}", describe(*base)));
        return std::nullopt;
    }

    Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Node> extend(const Node& document,
                           const SourceText& source,
                           const std::filesystem::path& folder,
                           Diagnostics& diagnostics) {
    const auto errors = diagnostics.errors();
    Node whole = Extender(diagnostics).extended(document, folder, {source.name});
    if (diagnostics.errors() > errors) return std::nullopt;
    if (whole.size() <= max_yaml_nodes) return whole;
    diagnostics.error(
        document.place(),
        "too-many-nodes",
        fmt::format("with its bases, the pipeline has more than {} values", max_yaml_nodes));
    return std::nullopt;
}

}  // namespace trommel
