#include "stages/join/round_tag.hpp"

#include <fmt/format.h>

namespace trommel::stages {

std::string round_tag_name(const StageContext& context) {
    return context.effects.marked(
        fmt::format("{} {} {}", context.run, context.stage, context.round));
}

asio::awaitable<Tag> make_round_tag(StageContext& context, TagSetPtr of, BitMask mask) {
    NewTag tag;
    tag.name = round_tag_name(context);
    tag.mask = std::move(mask);
    tag.previous = of->query.id;
    TagId id = co_await context.platform.create_tag(of->dataset.id, std::move(tag));
    co_return co_await context.platform.tag(of->dataset.id, id);
}

}  // namespace trommel::stages
