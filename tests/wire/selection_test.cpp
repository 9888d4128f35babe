// Every strategy picks the same, whoever asks: `trommel select`, the stage of a pipeline, a job of
// the platform, the agent, and a client over the wire; and takes as much memory.
#include "platform/embedded_bench.hpp"
#include "support/shell.hpp"
#include "trommel/agent/active_learning_agent.hpp"
#include "trommel/core/text.hpp"
#include "trommel/selection/select.hpp"
#include "trommel/selection/strategy_settings.hpp"
#include "wire/wire_bench.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>

namespace trommel::test {
namespace {

using Names = std::vector<std::string>;
using selection::StrategySettings;

constexpr std::size_t count = 60;
constexpr std::size_t picks = 7;
constexpr std::uint64_t seed = 5;
const std::vector<SampleIndex> labelled{0, 4, 8, 12, 16, 21};
const std::vector<SampleIndex> near_to{3, 30};

/// A strategy with what it needs, and all of it as words of the command line.
struct Way {
    std::string strategy{};
    std::string score{};
    StrategySettings settings{};
    Names goals{};
    Names thresholds{};
    double min_distance = -1;

    selection::StrategyChoice choice() const {
        return {.name = strategy,
                .settings = settings,
                .goals = selection::parse_goals_of_job(goals),
                .thresholds = selection::parse_thresholds(thresholds)};
    }
    const selection::Strategy& row() const { return selection::named_strategy(strategy); }
};

Way way_of(const selection::Strategy& strategy) {
    Way way{.strategy = std::string(strategy.name)};
    way.score = strategy.usual_score.empty() ? "uncertainty_margin" : strategy.usual_score;
    if (strategy.needed_setting != nullptr)
        way.settings[std::string(strategy.needed_setting->name)] = "0.75";
    if (strategy.only_goal)
        way.goals = {"balance=uncertainty_margin+uncertainty_entropy"};
    else if (strategy.needs_goals)
        way.goals = {"diversity", "weights=uncertainty_margin^0.5", "similarity"};
    if (strategy.name == "deduplicate") way.min_distance = 0.5;
    return way;
}

/// Each strategy that a job can use, and some told otherwise.
std::vector<Way> ways() {
    std::vector<Way> all;
    for (const auto& strategy : selection::strategies())
        if (!strategy.needs_probabilities) all.push_back(way_of(strategy));
    const auto add = [&](std::string_view strategy, StrategySettings settings, Names thresholds) {
        auto way = way_of(selection::named_strategy(strategy));
        way.settings.merge(settings);
        way.thresholds = std::move(thresholds);
        all.push_back(std::move(way));
    };
    add("coral", {{"combine", "sum"}, {"score_strength", "0.5"}}, {});
    add("coral", {{"combine", "sum"}, {"metric", "cosine"}}, {});
    add("coral", {{"score_strength", "-1"}}, {});
    add("coreset", {{"metric", "cosine"}}, {});
    add("typiclust", {}, {"uncertainty_margin>=0.2"});
    add("balance", {}, {"uncertainty_margin<=0.8"});
    return all;
}

/// Samples in four clusters, the first of which is labelled, with predictions of three classes.
class Folder {
public:
    Folder() {
        Random random(3, 0, "ways");
        std::string pool = "filenames,embedding_0,embedding_1,embedding_2,labels\n";
        std::string predictions;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < 3; ++j)
                rows(i, j) = static_cast<float>(random.below(64)) / 64 + (i % 4 == j ? 4.0F : 0.5F);
            pool += fmt::format("{},{},{},{},0\n", name(i), rows(i, 0), rows(i, 1), rows(i, 2));
            const double a = 0.1 + 0.8 * random.uniform();
            const double b = (1 - a) * random.uniform();
            predictions +=
                fmt::format("{{\"file_name\": \"{}\", \"probabilities\": [{}, {}, {}]}}\n",
                            name(i),
                            a,
                            b,
                            1 - a - b);
        }
        files.write("pool.csv", pool);
        files.write("predictions.jsonl", predictions);
        files.write("labelled.txt", list_of(labelled));
        files.write("near.txt", list_of(near_to));
        run("score --task classification --input predictions.jsonl --score uncertainty_margin "
            "--score uncertainty_entropy --score uncertainty_least_confidence --output scores.csv");
        read_scores();
    }

    static std::string name(std::size_t sample) { return fmt::format("s{:02}.jpg", sample); }

    static std::string list_of(const std::vector<SampleIndex>& samples) {
        std::string lines;
        for (const auto sample : samples) lines += name(sample) + "\n";
        return lines;
    }

    std::string run(const std::string& words) const {
        const auto end =
            shell("cd '" + files.path().string() + "' && " TROMMEL_PROGRAM " " + words);
        INFO(words << '\n' << end.output);
        REQUIRE(end.code == 0);
        return end.output;
    }

    /// The column `at` of each line but the first.
    Names column(const std::string& file, std::size_t at) const {
        std::ifstream lines(files / file);
        Names cells;
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line)) {
            for (std::size_t i = 0; i < at; ++i) line.erase(0, line.find(',') + 1);
            cells.push_back(line.substr(0, line.find(',')));
        }
        return cells;
    }

    Matrix rows{count, 3};
    TempDir files{};
    std::map<std::string, std::vector<double>> scores{};

private:
    void read_scores() {
        const char* types[] = {
            "uncertainty_margin", "uncertainty_entropy", "uncertainty_least_confidence"};
        for (std::size_t c = 0; c < 3; ++c)
            for (const auto& cell : column("scores.csv", c + 1))
                scores[types[c]].push_back(parse_number(cell).value());
        REQUIRE(scores["uncertainty_margin"].size() == count);
        std::string shares = "{'descr': '<f8', 'fortran_order': False, 'shape': (60, 2), }";
        shares.resize(117, ' ');
        shares = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + shares + "\n";
        for (std::size_t i = 0; i < count; ++i)
            for (const auto* type : {types[0], types[1]})
                shares.append(reinterpret_cast<const char*>(&scores[type][i]), 8);
        files.write("shares.npy", shares);
    }
};

std::string of_file(std::string goal) {
    if (goal.starts_with("weights=")) goal.insert(8, "scores.csv:");
    if (goal.starts_with("similarity")) goal.insert(10, "=near.txt");
    if (goal.starts_with("balance")) goal = "balance=shares.npy";
    return goal;
}

/// What `trommel select` picks; its memory is kept.
Names by_verb(const Folder& folder, const Way& way, int round, std::size_t& memory) {
    auto words = fmt::format(
        "select --embeddings pool.csv --strategy {} --scores scores.csv --score {} --preselected "
        "labelled.txt --n {} --seed {} --round {} --output picks.csv --json",
        way.strategy,
        way.score,
        picks,
        seed,
        round);
    for (const auto& [setting, value] : way.settings) {
        auto option = setting;
        std::ranges::replace(option, '_', '-');
        words += fmt::format(" --{}={}", option, value);
    }
    for (const auto& goal : way.goals) words += fmt::format(" --goal '{}'", of_file(goal));
    for (const auto& threshold : way.thresholds)
        words += fmt::format(" --threshold 'scores.csv:{}'", threshold);
    if (way.row().needs_query) words += " --query near.txt";
    if (way.min_distance > 0) words += fmt::format(" --min-distance {}", way.min_distance);
    const auto json = boost::json::parse(folder.run(words)).as_object();
    memory = json.at("memory").to_number<std::size_t>();
    return folder.column("picks.csv", 2);
}

/// The dataset `ways` with the tags that the samples have in `folder`.
struct Tags {
    DatasetId dataset{};
    TagId all{};
    TagId labelled{};
    TagId near{};
};

Tags make_dataset(PlatformBench& bench) {
    Tags tags;
    Names names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(Folder::name(i));
    tags.dataset = bench.wait(bench->create_dataset("ways"));
    bench.wait(bench->add_samples(tags.dataset, names));
    tags.all = bench.wait(bench->create_initial_tag(tags.dataset));
    const auto tag = [&](const std::string& name, const std::vector<SampleIndex>& samples) {
        NewTag made{.name = name, .mask = mask_of(samples), .previous = {}};
        return bench.wait(bench->create_tag(tags.dataset, std::move(made)));
    };
    tags.labelled = tag("labelled", labelled);
    tags.near = tag("near", near_to);
    return tags;
}

/// What a pipeline's first round picks.
Names by_stage(const Folder& folder, const Way& way, int number) {
    std::string with = fmt::format("strategy: {}, n_new: {}", way.strategy, picks);
    if (way.row().needs_scores || !way.row().usual_score.empty()) with += ", score: " + way.score;
    for (const auto& [setting, value] : way.settings)
        with += fmt::format(", {}: {}", setting, value);
    if (!way.goals.empty()) with += fmt::format(", goals: ['{}']", fmt::join(way.goals, "', '"));
    if (!way.thresholds.empty())
        with += fmt::format(", thresholds: ['{}']", fmt::join(way.thresholds, "', '"));
    if (way.min_distance > 0) with += fmt::format(", min_distance: {}", way.min_distance);
    if (selection::needs_query(way.choice())) with += ", similar_to: near";
    folder.files.write(
        "p.yaml",
        fmt::format(
            "version: 1\nname: ways\ndataset: {{name: ways, embeddings: pool.csv}}\n"
            "platform: {{embedded: platform.db}}\nparams: {{seed: {}}}\n"
            "state: {{labeled: {{init: {{names: labelled.txt}}}}}}\nstages:\n"
            "  fetch: {{uses: fetch_tag, with: {{preselected: '${{state.labeled}}'}}}}\n"
            "  predict: {{uses: predictions.classification, from: fetch, with: {{file: "
            "predictions.jsonl}}}}\n"
            "  score: {{uses: score.classification, from: predict}}\n"
            "  upload: {{uses: upload_scores, from: score}}\n"
            "  sample: {{uses: sample, from: upload, with: {{{}}}}}\n"
            "  poll: {{uses: poll_job, from: sample, writes: labeled}}\nrounds: {{max: 1}}\n",
            seed,
            with));
    folder.run(fmt::format("run p.yaml --quiet --run-dir run{}", number));
    return folder.column(fmt::format("run{}/picks.csv", number), 2);
}

/// The folder's samples on a server, and on the platform behind it.
class Asked {
public:
    explicit Asked(const Folder& folder) {
        auto rows = std::make_shared<const Matrix>(folder.rows);
        bench_.wait(bench_->upload_embeddings(tags_.dataset, "rows", rows));
        for (const auto& [type, values] : folder.scores)
            bench_.wait(bench_->upload_scores(tags_.all, type, values));
    }

    /// What a job picks, and what it says to take of memory.
    Names by_job(Platform& platform, const Way& way, std::uint32_t round, std::size_t& memory) {
        SamplingRequest request;
        request.dataset = tags_.dataset;
        request.new_tag_name = fmt::format("job {}", ++jobs_);
        request.strategy = way.choice();
        if (selection::needs_query(request.strategy)) request.similar_to = tags_.near;
        request.preselected = tags_.labelled;
        request.samples = labelled.size() + picks;
        request.min_distance = way.min_distance;
        request.score_type = way.score;
        request.seed = seed;
        request.round = round;
        const auto job = bench_.wait(platform.sample(request));
        JobStatus status;
        do status = bench_.wait(platform.job(job));
        while (status.state != JobState::finished && status.state != JobState::failed);
        CHECK(status.error == "");
        memory = status.outcome.memory.value_or(0);
        Names names;
        for (const auto& pick : bench_.wait(platform.picks(job)))
            names.push_back(Folder::name(pick.sample));
        return names;
    }

    /// What the agent adds, in the order of the samples.
    Names by_agent(const Way& way) {
        auto opening = ActiveLearningAgent::open(
            bench_.platform(), "ways", "initial-tag", std::string("labelled"));
        auto agent = bench_.wait(std::move(opening));
        SamplerConfig config;
        config.n_samples = static_cast<std::int64_t>(labelled.size() + picks);
        config.min_distance = way.min_distance;
        config.name = fmt::format("agent {}", ++jobs_);
        config.score = way.score;
        config.seed = seed;
        config.strategy = way.choice();
        if (selection::needs_query(*config.strategy)) config.similar_to = "near";
        bench_.wait(agent.query(config));
        return agent.added_set();
    }

    WireBench& bench() { return bench_; }

private:
    WireBench bench_;
    Tags tags_ = make_dataset(bench_);
    int jobs_ = 0;
};

Names sorted(Names names) {
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("every strategy picks alike in the verb, the stage, a job, the agent and over the wire",
          "[wire]") {
    const Folder folder;
    Asked asked(folder);
    {
        EmbeddedBench before(folder.files / "platform.db");
        make_dataset(before);
    }
    int number = 0;
    for (const auto& way : ways()) {
        INFO(way.strategy << " " << selection::to_text(way.settings));
        std::size_t of_verb = 0;
        std::size_t of_job = 0;
        std::size_t over_wire = 0;
        const auto verb = by_verb(folder, way, 0, of_verb);
        CHECK(verb.size() == picks);
        CHECK(asked.by_job(asked.bench().embedded(), way, 0, of_job) == verb);
        CHECK(asked.by_job(asked.bench().platform(), way, 0, over_wire) == verb);
        CHECK(asked.by_agent(way) == sorted(verb));
        CHECK(by_stage(folder, way, ++number) == by_verb(folder, way, 1, of_verb));

        CHECK(of_job == over_wire);
        if (!way.row().needs_embeddings || !way.thresholds.empty()) continue;
        // A job counts its scores and embeddings too, and the verb the lines that it prints.
        const bool has_score = way.row().needs_scores || !way.row().usual_score.empty();
        const std::size_t data = count * 3 * sizeof(float) + picks * 4 * sizeof(selection::Pick) +
                                 ((has_score ? 1U : 0U) + 2) * sizeof(double) * count;
        const auto memory =
            selection::memory_of(way.row(),
                                 selection::options_of(way.choice()),
                                 {.candidates = count,
                                  .dimensions = 3,
                                  .picks = picks,
                                  .preselected = labelled.size(),
                                  .rows = count,
                                  .query = way.row().needs_query ? near_to.size() : 0});
        CHECK(of_job == memory.most + data);
        CHECK(of_verb == memory.least + picks * 640);
    }
}

TEST_CASE("what uses probabilities is refused where there are none, and not offered", "[wire]") {
    const Folder folder;
    Asked asked(folder);
    for (const auto& strategy : selection::strategies()) {
        if (!strategy.needs_probabilities) continue;
        std::size_t memory = 0;
        const Way way{.strategy = std::string(strategy.name), .score = "uncertainty_margin"};
        CHECK_THROWS_WITH(asked.by_job(asked.bench().platform(), way, 0, memory),
                          Catch::Contains("the probabilities of all classes"));
        CHECK_THROWS_WITH(asked.by_agent(way), Catch::Contains("the probabilities of all classes"));
        CHECK_THAT(folder.run("components sample"), !Catch::Contains(way.strategy));
    }
}

}  // namespace trommel::test
