#pragma once

#include "trommel/pipeline/stage/options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// One map of a file, whose keys are asked for by name; what nobody asked for is an error.
class Section {
public:
    /// `owner` is what messages call the map: `the pipeline`, `stage 'score'`. Says so if `node` is
    /// no map. Without an owner, as in the settings of the server, a map may be empty, and what has
    /// no value is the concern of its reader.
    Section(const Node& node, std::string owner, Diagnostics& diagnostics);

    /// The value under `key`, or null. An empty value is an error and counts as absent.
    const Node* find(std::string_view key);

    /// The same; absence is an error.
    const Node* need(std::string_view key);

    /// The value under a declared key, its references resolved; nothing if it is not there, or has
    /// none now. Says so where it is needed and not there.
    std::optional<Node> value(const OptionInfo& info, const OptionReader& reader);

    /// Says which keys of the map nobody asked for. Call it last.
    void refuse_others() const;

    bool has(std::string_view key) const { return node_.find(key) != nullptr; }
    const std::string& owner() const { return owner_; }
    const Node& node() const { return node_; }

private:
    Node node_;
    std::string owner_;
    Diagnostics& diagnostics_;
    std::vector<std::string> known_;
};

}  // namespace trommel
