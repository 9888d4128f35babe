// References in scalars: `${params.batch}`, `${env.PORT:-8080}`, and `$${` for a literal `${`.
//
// They are found in parsed scalars, never in the text of a file, so that no value can add keys, and
// what a value holds is never looked at for references again.
#pragma once

#include "trommel/pipeline/language/diagnostics.hpp"
#include "trommel/pipeline/language/node.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trommel {

/// One `${root.path:-fallback}`.
struct Reference {
    std::string root{};
    std::string path{};  ///< what follows the root and its dot; may be empty
    std::optional<std::string> fallback{};
    std::size_t offset = 0;       ///< the byte of the scalar's text where `${` appears
    std::size_t length = 0;       ///< bytes, with its brackets
    std::size_t name_length = 0;  ///< bytes of `root.path`, which appear two after `offset`
};

/// A scalar as a row of literal texts and references.
struct Template {
    std::vector<std::variant<std::string, Reference>> pieces{};

    /// The reference that is the whole scalar, or null.
    const Reference* whole() const;
};

/// The pieces of a scalar's text, or nothing if a reference in it is malformed.
std::optional<Template> parse_template(const Node& scalar, Diagnostics& diagnostics);

/// True when a reference in the node, or in a node below it, still has no value.
bool has_references(const Node& node);

/// A lookup's answer for what exists but has a value only while the pipeline runs.
struct Deferred {};

/// What a path means: nothing, a value later on, or a value now.
using Found = std::variant<std::monostate, Deferred, Node>;

/// What appears under one root, such as `params`.
struct ScopeRoot {
    /// The meaning of a path without its root: of `batch` in `${params.batch}`; empty for
    /// `${round}`.
    std::function<Found(std::string_view path)> find;
    /// The paths that exist, to propose the one that was meant.
    std::vector<std::string> names{};
};

/// The root whose paths go down the keys of `values`.
ScopeRoot scope_root_of(Node values);

/// The root whose paths are `names`, each with a value only while the pipeline runs.
ScopeRoot deferred_root(std::vector<std::string> names);

/// What references mean in one place of a pipeline.
class Scope {
public:
    /// `root` is one of params, env, secrets, state, matrix, round and run.
    void set(const std::string& root, ScopeRoot values);
    const ScopeRoot* find(const std::string& root) const;

private:
    std::map<std::string, ScopeRoot> roots_;
};

/// A copy of `node` in which references have their values; O(size of the node).
///
/// A scalar that is one whole reference becomes the value, with its type, be it a list or a map,
/// at the reference's place. Among other text the value is written as `canonical` says, and the
/// whole is text. An empty value counts as unset. What a secret is part of is secret.
/// References that are deferred, or that have an error, stay: see has_references().
Node resolve(const Node& node, const Scope& scope, Diagnostics& diagnostics);

}  // namespace trommel
