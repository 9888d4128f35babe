// States that outlive a run: their tags on the platform, and the last of them.
#include "pipeline/engine/loop/kept_states.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace trommel {
namespace {

std::string tag_name(const std::string& name, std::uint64_t number) {
    return fmt::format("{} {}", name, number);
}

/// The number in `seed 12`, where the name is `seed`; 0 if the tag is of another name.
std::uint64_t number_of(std::string_view tag, std::string_view name) {
    if (tag.size() < name.size() + 2 || !tag.starts_with(name) || tag[name.size()] != ' ') return 0;
    std::uint64_t number = 0;
    const char* end = tag.data() + tag.size();
    const auto read = std::from_chars(tag.data() + name.size() + 1, end, number);
    return read.ptr == end ? number : 0;
}

}  // namespace

asio::awaitable<void> KeptStates::find(DatasetId dataset) {
    dataset_ = std::move(dataset);
    for (const StateSpec& state : pipeline_.state)
        if (!state.tag.empty()) kept_[state.tag] = {};
    if (kept_.empty()) co_return;
    const std::vector<Tag> tags = co_await platform_.tags(dataset_);
    for (const Tag& tag : tags)
        for (auto& [name, kept] : kept_)
            if (const auto number = number_of(tag.name, name); number > kept.number)
                kept = {number, tag.mask};
}

std::map<std::string, BitMask> KeptStates::masks() const {
    std::map<std::string, BitMask> masks;
    for (const StateSpec& state : pipeline_.state)
        if (const auto kept = kept_.find(state.tag); kept != kept_.end() && kept->second.number > 0)
            masks[state.name] = kept->second.mask;
    return masks;
}

asio::awaitable<void> KeptStates::keep(const std::map<std::string, Tag>& states) {
    for (const StateSpec& state : pipeline_.state)
        if (!state.tag.empty()) co_await keep_one(state.tag, states.at(state.name));
}

asio::awaitable<void> KeptStates::keep_one(std::string name, Tag state) {
    co_await take_up_others(name);
    Kept& kept = kept_[name];
    if (kept.number > 0 && kept.mask == state.mask) co_return;
    const BitMask lost = kept.mask - state.mask;
    if (!lost.empty())
        throw DataError(
            fmt::format("another run has added {} samples to '{}' that this one does not have; let "
                        "one of them end before the other begins, and run this one again",
                        with_commas(lost.count()),
                        tag_name(name, kept.number)));
    const auto initial = co_await platform_.find_tag(dataset_, "initial-tag");
    NewTag next;
    next.name = tag_name(name, kept.number + 1);
    next.mask = state.mask;
    next.previous = initial->id;
    co_await platform_.create_tag(dataset_, std::move(next));
    kept = {kept.number + 1, std::move(state.mask)};
}

/// What other runs have kept since.
asio::awaitable<void> KeptStates::take_up_others(std::string name) {
    Kept& kept = kept_[name];
    for (;;) {
        auto next = co_await platform_.find_tag(dataset_, tag_name(name, kept.number + 1));
        if (!next) co_return;
        kept = {kept.number + 1, std::move(next->mask)};
    }
}

}  // namespace trommel
