// What may appear in one map of a file, declared once, beside the struct that receives it.
#pragma once

#include "trommel/pipeline/definition/reader/section.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace trommel {

/// What is said where keys of a map do not go together; `{}` in the message is the map's owner.
struct KeyFault {
    std::string code{};
    std::string message{};
    std::string hint{};
    bool is_at_last = false;  ///< it appears at the last of the keys, not at the map
};

/// A section of a file, or a part of one: the keys of a map. Written as a chain:
///
///     MapType<RoundsSpec>("Number of rounds and stop rules.")
///         .key("max", &RoundsSpec::max, "Highest number of rounds.", {.required = true, .min = 1})
///         .choice("on_exhausted", &RoundsSpec::on_exhausted, "…", {{"ok", …}, {"fail", …}});
///
/// Keys are read in the order of the declaration. `${…}` may appear in each that is not `literal`.
template <typename T>
class MapType {
public:
    using Read = std::function<void(const Node& node, const OptionReader& reader, T& value)>;
    /// Finds faults that no single key shows.
    using Check = std::function<void(const Section& section, const OptionReader& reader, T& value)>;

    explicit MapType(std::string help = {}) : info_(info_of({}, "map")) {
        info_.help = std::move(help);
    }

    template <typename M>
    MapType key(std::string name, M T::*member, std::string help, OptionRules rules = {}) && {
        OptionInfo info = option_info(std::move(name), member, std::move(help), rules);
        auto read = [member, info](const Node& node, const OptionReader& reader, T& value) {
            reader.read(node, info, value.*member);
        };
        return std::move(*this).key(std::move(info), std::move(read));
    }

    template <typename M>
    MapType choice(std::string name, M T::*member, std::string help, Choices<M> choices) && {
        OptionInfo info = choice_info(std::move(name), member, std::move(help), choices);
        auto read = [member, info, choices = std::move(choices)](
                        const Node& node, const OptionReader& reader, T& value) {
            read_choice(node, reader, info, choices, value.*member);
        };
        return std::move(*this).key(std::move(info), std::move(read));
    }

    /// A map below, whose owner messages call `owner`.
    template <typename M>
    MapType map(std::string name, M T::*member, MapType<M> type, std::string owner = {}) && {
        OptionInfo info = type.info().as(std::move(name), type.info().help);
        auto read = [member, type = std::move(type), owner = std::move(owner)](
                        const Node& node, const OptionReader& reader, T& value) {
            type.read(node, owner, reader, value.*member);
        };
        return std::move(*this).key(std::move(info), std::move(read));
    }

    /// A map below that is read into the same value.
    MapType map(std::string name, MapType type, std::string owner = {}) && {
        OptionInfo info = type.info().as(std::move(name), type.info().help);
        auto read = [type = std::move(type), owner = std::move(owner)](
                        const Node& node, const OptionReader& reader, T& value) {
            type.read(node, owner, reader, value);
        };
        return std::move(*this).key(std::move(info), std::move(read));
    }

    /// Whatever else may appear under a key, and how it is read.
    MapType key(OptionInfo info, Read read) && {
        info_.parts.push_back(std::move(info));
        reads_.push_back(std::move(read));
        return std::move(*this);
    }
    MapType key(std::pair<OptionInfo, Read> declared) && {
        return std::move(*this).key(std::move(declared.first), std::move(declared.second));
    }

    // ------------------------------------------------------------------- of the key before

    MapType literal() && {
        info_.parts.back().is_literal = true;
        return std::move(*this);
    }

    MapType positive() && {
        info_.parts.back().is_positive = true;
        return std::move(*this);
    }

    /// It may hold secrets; what `pattern` is given for holds nothing else.
    MapType secret(std::string pattern = {}) && {
        info_.parts.back().secret = true;
        info_.parts.back().pattern = std::move(pattern);
        return std::move(*this);
    }

    MapType by_default(std::string text) && {
        info_.parts.back().fallback = std::move(text);
        return std::move(*this);
    }

    /// It means nothing without the key `other`.
    MapType needs(std::string other, KeyFault fault) && {
        const std::string name = info_.parts.back().name;
        info_.parts.back().needs = other;
        return std::move(*this).check(
            [name, other, fault](const Section& section, const OptionReader& reader, T&) {
                if (section.has(name) && !section.has(other))
                    say(*section.node().find(name), section, fault, reader);
            });
    }

    // --------------------------------------------------------------------------- of the map

    /// Exactly one of these keys is there.
    MapType one_of(std::vector<std::string> keys, KeyFault none, KeyFault many) && {
        return std::move(*this).together(std::move(keys), true, std::move(none), std::move(many));
    }

    /// One of these keys is there, or more.
    MapType some_of(std::vector<std::string> keys, KeyFault none) && {
        return std::move(*this).together(std::move(keys), false, std::move(none), {});
    }

    MapType check(Check check) && {
        checks_.push_back(std::move(check));
        return std::move(*this);
    }

    const OptionInfo& info() const { return info_; }

    /// Reads the map; what is wrong becomes diagnostics, and leaves `value` as it is there.
    void read(const Node& node, std::string owner, const OptionReader& reader, T& value) const {
        Section section(node, std::move(owner), reader.diagnostics);
        read_keys(section, reader, value);
        section.refuse_others();
    }

    /// The same of a map that has other keys too.
    void read_keys(Section& section, const OptionReader& reader, T& value) const {
        for (std::size_t i = 0; i < reads_.size(); ++i)
            if (const auto node = section.value(info_.parts[i], reader))
                reads_[i](*node, reader, value);
        for (const auto& check : checks_) check(section, reader, value);
    }

private:
    static void say(const Node& node,
                    const Section& section,
                    const KeyFault& fault,
                    const OptionReader& reader) {
        std::string message = fault.message;
        if (const auto at = message.find("{}"); at != std::string::npos)
            message.replace(at, 2, section.owner());
        reader.diagnostics.error(node.place(), fault.code, message, fault.hint);
    }

    MapType together(std::vector<std::string> keys,
                     bool is_exclusive,
                     KeyFault none,
                     KeyFault many) && {
        info_.rules.push_back({keys, is_exclusive});
        return std::move(*this).check([=](const Section& section, const OptionReader& reader, T&) {
            const Node* last = nullptr;
            std::size_t count = 0;
            for (const auto& key : keys)
                if (const Node* value = section.node().find(key)) last = value, ++count;
            const bool is_map = section.node().is_map() || section.node().is_null();
            if (!is_map || count == 1 || (count > 1 && !is_exclusive)) return;
            const KeyFault& fault = count == 0 ? none : many;
            say(fault.is_at_last ? *last : section.node(), section, fault, reader);
        });
    }

    OptionInfo info_;
    std::vector<Read> reads_;  ///< by part
    std::vector<Check> checks_;
};

}  // namespace trommel
