#include "stages/stages.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

class FetchTag final : public Stage {
public:
    struct Options {
        std::string query = "pool";
        std::optional<std::string> preselected{};
    };

    explicit FetchTag(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs&, Output& out) override {
        auto tags = std::make_shared<TagSet>();
        tags->dataset = context.dataset.dataset;
        tags->names = context.dataset.names;
        tags->holdout = context.dataset.holdout;
        tags->query = co_await tag(context, options_.query);
        if (options_.preselected) tags->preselected = co_await tag(context, *options_.preselected);
        refuse_holdout(*tags);
        co_await out.send(std::move(tags));
    }

private:
    static asio::awaitable<Tag> tag(StageContext& context, std::string name) {
        if (name == "pool") co_return context.dataset.pool;
        auto found = co_await context.platform.find_tag(context.dataset.dataset.id, name);
        if (!found)
            throw DataError(
                fmt::format("dataset '{}' has no tag '{}'; 'pool' is every sample that is "
                            "not held out",
                            context.dataset.dataset.name,
                            name));
        co_return *std::move(found);
    }

    /// A held-out sample that is chosen or trained on would make every measurement on it a lie.
    static void refuse_holdout(const TagSet& tags) {
        if (!tags.holdout) return;
        BitMask used = tags.query.mask;
        if (tags.preselected) used |= tags.preselected->mask;
        used &= tags.holdout->mask;
        if (used.empty()) return;
        throw DataError(
            fmt::format("{} held-out samples, '{}' among them, are in the query or the "
                        "preselected tag; choose from 'pool' instead",
                        used.count(),
                        tags.name(used.indices().front())));
    }

    Options options_;
};

}  // namespace

StageType fetch_tag() {
    return StageType::of<FetchTag>("fetch_tag",
                                   "Fetches the candidates and the samples chosen before.")
        .sends<TagSet>()
        .computes([](const FetchTag::Options& options) {
            return options.query == "pool" ? ScoreColumns() : ScoreColumns::unknown();
        })
        .option("query",
                &FetchTag::Options::query,
                "Tag of the candidates; pool: every sample that is not held out.")
        .option("preselected",
                &FetchTag::Options::preselected,
                "Tag of the samples chosen before, usually ${state.labeled}.");
}

}  // namespace trommel::stages
