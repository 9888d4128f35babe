#include "pipeline/fake_stages.hpp"

namespace trommel::test {
namespace {

class Idle : public Stage {
public:
    asio::awaitable<void> run(StageContext&, Inputs&, Output&) override { co_return; }
};

struct Tags final : Idle {
    struct Options {
        std::optional<std::string> preselected{};
    };
    explicit Tags(const Options&) {}
};

struct Think final : Idle {
    enum class Mood { calm, wild };
    struct Options {
        std::int64_t depth = 3;
        double weight = 0.5;
        bool loud = false;
        Mood mood = Mood::calm;
        std::vector<std::string> about{"cats"};
        std::chrono::milliseconds pause{0};
        std::filesystem::path notes{};
    };
    explicit Think(const Options&) {}
};

struct Choose final : Idle {
    struct Options {
        std::int64_t n_new = 0;
    };
    explicit Choose(const Options&) {}
};

struct Measure final : Idle {
    struct Options {};
    explicit Measure(const Options&) {}
};

StageType think() {
    using Options = Think::Options;
    return StageType::of<Think>("think", "Thinks about a tag.")
        .reads<TagSet>()
        .sends<ScoreBatch>()
        .batchwise([](const Options& options) { return options.depth == 1; })
        .option("depth", &Options::depth, "How deep.", {.required = false, .min = 1, .max = 9})
        .option("weight", &Options::weight, "How much.")
        .option("loud", &Options::loud, "Whether others hear it.")
        .choice("mood",
                &Options::mood,
                "How.",
                {{"calm", Think::Mood::calm}, {"wild", Think::Mood::wild}})
        .option("about", &Options::about, "Of what.")
        .option("pause", &Options::pause, "How long before.")
        .option("notes", &Options::notes, "Where to.");
}

const Registry& registry() {
    static const Registry all = fake_stages();
    return all;
}

}  // namespace

Registry fake_stages() {
    Registry all;
    all.add(think());
    all.add(StageType::of<Tags>("tags", "Sends a tag.")
                .sends<TagSet>()
                .option("preselected", &Tags::Options::preselected, "Chosen before."));
    all.add(StageType::of<Choose>("choose", "Chooses by scores.")
                .reads<ScoreBatch>()
                .sends<TagSet>()
                .option("n_new",
                        &Choose::Options::n_new,
                        "How many.",
                        {.required = true, .min = 1, .max = {}})
                .check([](const Choose::Options& options, const StageType::Complain& complain) {
                    if (options.n_new == 13) complain("n_new", "13 brings bad luck");
                }));
    all.add(StageType::of<Measure>("records", "Reads records.").reads<TagSet>().records_may_fail());
    all.add(
        StageType::of<Measure>("measure", "Measures a tag.")
            .reads<TagSet>()
            .sends<Metrics>()
            .measures([](const Measure::Options&) { return std::vector<std::string>{"accuracy"}; })
            .needs_holdout());
    return all;
}

std::string lint(const std::string& yaml, const Overrides& overrides) {
    const SourceText source{"p.yaml", yaml};
    Diagnostics diagnostics;
    read_pipeline(source, "/data", registry(), overrides, diagnostics);
    return diagnostics.render(source);
}

Pipeline read(const std::string& yaml, const Overrides& overrides) {
    const SourceText source{"p.yaml", yaml};
    Diagnostics diagnostics;
    auto pipeline = read_pipeline(source, "/data", registry(), overrides, diagnostics);
    diagnostics.throw_if_errors(source);
    return *std::move(pipeline);
}

std::string with_stages(const std::string& stages) {
    return "version: 1\n"
           "name: test\n"
           "dataset: {name: pool, embeddings: pool.csv, holdout: {random: 5}}\n"
           "params: {batch: 4, method: calm, goal: 0.9}\n"
           "state: {labeled: {init: {random: 2}}}\n"
           "stages:\n" +
           stages;
}

}  // namespace trommel::test
