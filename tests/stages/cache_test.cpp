// `cache: true | record` through the whole loop: the same results, fewer calls, and an answer to
// "why did this run again".

#include "trommel/pipeline/engine/cache/cache.hpp"

#include "pipeline/engine/cache/payload_bytes.hpp"
#include "pipeline/engine/cache/payload_digest.hpp"
#include "stages/small_pool.hpp"
#include "trommel/stages/stages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace trommel {

using Catch::Matchers::Contains;
using test::picks_of;
using test::SmallPool;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::string one_round = "rounds: {max: 1}\n";
const std::string two_rounds = "rounds: {max: 2}\n";

/// Writes down that it was called and what it was asked about.
const std::string predict_script =
    "echo >> calls; tee -a asked | awk -F'\"' '{p = (substr($4, 2, 2) * 7 % 60 + 1) / 128; printf "
    "\"{\\\"file_name\\\":\\\"%s\\\",\\\"probabilities\\\":[%.17g,%.17g]}\\n\", $4, p, 1 - p}'\n";

/// A pool with a cache of its own and a program that predicts.
class CachedPool : public SmallPool {
public:
    CachedPool() {
        cache_in("cache");
        folder().write("predict.sh", predict_script);
    }
    ~CachedPool() { ::unsetenv("TROMMEL_CACHE_DIR"); }

    void cache_in(const std::string& name) {
        cache_ = folder() / name;
        ::setenv("TROMMEL_CACHE_DIR", cache_.c_str(), 1);
    }

    const fs::path& cache() const { return cache_; }

    /// How many lines a program has added to the file.
    std::size_t lines(const std::string& file) const {
        const auto text = read(file);
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

    std::size_t calls() const { return lines("calls"); }
    std::size_t asked() const { return lines("asked"); }

    CacheExplanation explanation(const std::string& stage, int run) {
        static const Registry registry = stages::all_stages();
        const auto pipeline = load_pipeline(folder() / "pipeline.yaml", registry);
        return explain_cache(pipeline, stage, folder() / ("run-" + std::to_string(run)));
    }

    CacheUse use(const std::string& stage, int run, std::size_t i = 0) {
        return explanation(stage, run).uses.at(i).use;
    }

    /// The files of this name in the cache.
    std::vector<fs::path> kept(const std::string& name) const {
        std::vector<fs::path> files;
        for (const auto& file : fs::recursive_directory_iterator(cache_))
            if (file.path().filename().string().ends_with(name)) files.push_back(file.path());
        return files;
    }

private:
    fs::path cache_;
};

/// A loop in which a program predicts, with these keys beside its `with`.
std::string predicting(const std::string& keys, const std::string& options = "") {
    return "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
           "  predict: {uses: exec.predict, from: fetch, " +
           keys + ", with: {command: [sh, predict.sh]" + options +
           "}}\n"
           "  score: {uses: score.classification, from: predict}\n"
           "  upload: {uses: upload_scores, from: score}\n"
           "  sample: {uses: sample, from: upload, with: {method: ACTIVE_LEARNING, score: "
           "uncertainty_margin, n_new: 3}}\n"
           "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
}

/// The usual loop with a cache at each stage that may have one.
std::string cached_usual_stages() {
    std::string stages = test::usual_stages;
    for (const std::string kind :
         {"train.linear_probe", "predict.linear_probe", "evaluate.accuracy"}) {
        const auto at = stages.find(kind);
        stages.insert(at + kind.size(), ", cache: true");
    }
    return stages;
}

/// A loop in which a program trains and another measures what it has left.
constexpr auto trained_by_program =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  label: {uses: label.table, from: fetch, with: {file: labels.csv}}\n"
    "  train: {uses: exec.train, from: label, cache: true, with: {command: [sh, train.sh]}}\n"
    "  measure: {uses: exec.evaluate, from: train, with: {command: [sh, measure.sh], metrics: "
    "labels}}\n";

void write_training(const test::TempDir& folder) {
    folder.write("train.sh",
                 "echo >> calls; mkdir \"$TROMMEL_MODEL_DIR/deep\"; grep -c label > "
                 "\"$TROMMEL_MODEL_DIR/deep/count\"\n");
    folder.write("measure.sh",
                 "cat >/dev/null; echo \"{\\\"labels\\\": $(cat "
                 "$TROMMEL_MODEL_DIR/deep/count)}\"\n");
}

void change_byte(const fs::path& file, std::streamoff at) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(at);
    const char old = static_cast<char>(bytes.get());
    bytes.seekp(at);
    bytes.put(static_cast<char>(old ^ 1));
}

}  // namespace

TEST_CASE("a cached stage runs once for the same inputs, in whichever run", "[cache]") {
    CachedPool pool;
    const auto plain = picks_of(pool.run(predicting("needs: []"), one_round));
    const auto first = picks_of(pool.run(predicting("cache: true"), one_round));
    const auto second = picks_of(pool.run(predicting("cache: true"), one_round));
    CHECK(plain.size() == 3);
    CHECK(first == plain);
    CHECK(second == plain);
    CHECK(pool.calls() == 2);
}

TEST_CASE("models, predictions and metrics out of the cache are those that went in, bit for bit",
          "[cache]") {
    CachedPool pool;
    const auto plain = pool.run(test::usual_stages);
    const auto plain_picks = pool.left("picks.csv");
    const auto plain_metrics = pool.left("metrics.csv");
    pool.run(cached_usual_stages());
    CHECK(pool.left("picks.csv") == plain_picks);
    pool.run(cached_usual_stages());
    CHECK(pool.left("picks.csv") == plain_picks);
    CHECK(pool.left("metrics.csv") == plain_metrics);
    for (const std::string stage : {"train", "predict", "evaluate"}) {
        const auto uses = pool.explanation(stage, 3).uses;
        CHECK(uses.size() >= 3);
        CHECK(std::ranges::all_of(uses, [](const auto& round) { return round.use.hit; }));
    }
}

TEST_CASE("a changed script, option or seed is found and named", "[cache]") {
    CachedPool pool;
    pool.run(predicting("cache: true"), one_round);
    CHECK(pool.use("predict", 1).why.empty());
    CHECK(pool.explanation("predict", 1).now.empty());

    pool.folder().write("predict.sh", "# faster\n" + predict_script);
    REQUIRE(pool.explanation("predict", 1).now.size() == 1);
    CHECK_THAT(pool.explanation("predict", 1).now[0],
               Contains("file predict.sh has other content (SHA-256 was "));
    pool.run(predicting("cache: true"), one_round);
    CHECK(pool.calls() == 2);
    CHECK_THAT(pool.use("predict", 2).why.at(0), Contains("file predict.sh"));

    pool.run(predicting("cache: true", ", embeddings: true"), one_round);
    CHECK(pool.use("predict", 3).why ==
          std::vector<std::string>{"option 'embeddings' was false, is true"});

    pool.run(predicting("cache: true"), one_round, {{"seed", "2"}});
    CHECK(std::ranges::count(pool.use("predict", 4).why, "seed was 1, is 2") == 1);
    CHECK(pool.calls() == 4);
}

TEST_CASE("what a later round trains on is another input, and is told so", "[cache]") {
    CachedPool pool;
    pool.run(cached_usual_stages(), two_rounds);
    const auto uses = pool.explanation("train", 1).uses;
    REQUIRE(uses.size() == 3);
    CHECK(uses[0].use.why.empty());
    CHECK_FALSE(uses[1].use.hit);
    REQUIRE(uses[1].use.why.size() == 1);
    CHECK_THAT(uses[1].use.why[0], Contains("input 'labels' has other content"));
    CHECK(uses[1].round == 2);
    CHECK(uses[2].round == 0);
    CHECK(uses[2].loop == "run-1");
}

TEST_CASE("a program, which is told the round, is not asked for the answer of another round",
          "[cache]") {
    CachedPool pool;
    const auto same_each_round = [](const std::string& mode) {
        auto stages = predicting("cache: " + mode);
        const std::string chosen = ", with: {preselected: '${state.labeled}'}";
        return stages.erase(stages.find(chosen), chosen.size());
    };
    pool.run(same_each_round("true"), two_rounds);
    CHECK(pool.calls() == 2);
    const auto why = pool.use("predict", 1, 1).why;
    CHECK(std::ranges::count(why, "round was 1, is 2") == 1);
    pool.run(same_each_round("true"), two_rounds);
    CHECK(pool.calls() == 2);
    pool.run(same_each_round("record"), two_rounds);
    CHECK(pool.calls() == 3);
}

TEST_CASE("a damaged entry is never believed: it is made again, with a warning", "[cache]") {
    CachedPool pool;
    const auto good = picks_of(pool.run(predicting("cache: true"), one_round));
    const auto entry = pool.kept("output").at(0);
    SECTION("a byte of the numbers") { change_byte(entry, 300); }
    SECTION("a byte of the checksum") { change_byte(entry, 3); }
    SECTION("cut off") { fs::resize_file(entry, fs::file_size(entry) - 1); }
    SECTION("empty") { fs::resize_file(entry, 0); }
    SECTION("gone") { fs::remove(entry); }
    SECTION("of another key") {
        pool.run(predicting("cache: true"), one_round, {{"seed", "2"}});
        auto entries = pool.kept("output");
        entries.erase(std::ranges::find(entries, entry));
        fs::copy_file(entries.at(0), entry, fs::copy_options::overwrite_existing);
    }
    const auto calls = pool.calls();
    CHECK(picks_of(pool.run(predicting("cache: true"), one_round)) == good);
    CHECK(pool.calls() == calls + 1);
    CHECK_THAT(pool.left("events.jsonl"),
               Contains("damaged-cache") && Contains("what was kept of it is damaged"));
    CHECK(picks_of(pool.run(predicting("cache: true"), one_round)) == good);
    CHECK(pool.calls() == calls + 1);
}

TEST_CASE("damaged answers are asked for again", "[cache]") {
    CachedPool pool;
    const auto good = picks_of(pool.run(predicting("cache: record"), one_round));
    const auto answers = pool.kept(".answers").at(0);
    SECTION("a byte of the file") { change_byte(answers, 1000); }
    SECTION("of another key") {
        pool.run(predicting("cache: record"), one_round, {{"seed", "2"}});
        auto others = pool.kept(".answers");
        others.erase(std::ranges::find(others, answers));
        fs::copy_file(others.at(0), answers, fs::copy_options::overwrite_existing);
    }
    const auto asked = pool.asked();
    CHECK(picks_of(pool.run(predicting("cache: record"), one_round)) == good);
    CHECK(pool.asked() == asked + 42);
    CHECK_THAT(pool.left("events.jsonl"), Contains("damaged-cache"));
}

TEST_CASE("a cache that cannot be written fails the stage", "[cache]") {
    CachedPool pool;
    pool.cache_in("pool.csv/cache");
    CHECK_THAT(pool.error_of(predicting("cache: true"), one_round),
               Contains("stage 'predict', round 1:") && Contains("pool.csv"));
    CHECK_THAT(pool.error_of(predicting("cache: record"), one_round), Contains("pool.csv"));
    CHECK(pool.calls() == 0);
}

TEST_CASE("an output without records that failed is not kept", "[cache]") {
    CachedPool pool;
    pool.folder().write("predict.sh", predict_script + "echo '{'\n");
    pool.run(predicting("cache: true, on_error: skip"), one_round);
    pool.run(predicting("cache: true, on_error: skip"), one_round);
    CHECK(pool.calls() == 2);
}

TEST_CASE("an output is not kept when a file was changed meanwhile", "[cache]") {
    CachedPool pool;
    pool.folder().write("predict.sh", "echo '# changed' >> predict.sh\n" + predict_script);
    pool.run(predicting("cache: true"), one_round);
    CHECK(pool.kept("output").empty());
}

TEST_CASE("with 'record' a program is asked about each sample once, in whichever run", "[cache]") {
    CachedPool pool;
    const auto plain = picks_of(pool.run(predicting("needs: []"), two_rounds));
    pool.folder().write("asked", "");
    CHECK(picks_of(pool.run(predicting("cache: record"), two_rounds)) == plain);
    CHECK(pool.asked() == 42);
    CHECK(pool.use("predict", 2).asked == 42);
    CHECK(pool.use("predict", 2, 1).known == 42);
    CHECK(picks_of(pool.run(predicting("cache: record"), two_rounds)) == plain);
    CHECK(pool.asked() == 42);
    CHECK(pool.use("predict", 3).asked == 0);
}

TEST_CASE("with 'record' only samples that are new or changed are asked about", "[cache]") {
    CachedPool pool;
    pool.run(predicting("cache: record"), one_round);
    const auto changed = pool.read("asked").substr(14, 7);
    auto csv = pool.read("pool.csv");
    const auto at = csv.find(changed);
    csv.insert(csv.find('.', at + 8) + 1, "1");
    pool.folder().write("pool.csv", csv);
    pool.run(predicting("cache: record"), one_round);
    CHECK(pool.use("predict", 2).asked == 1);
    CHECK_THAT(pool.read("asked").substr(pool.read("asked").size() - 30), Contains(changed));
}

TEST_CASE("samples that failed are asked about again, and no others", "[cache]") {
    CachedPool pool;
    pool.folder().write("predict.sh",
                        "echo >> calls; tee -a asked | sed -E "
                        "'s/\\}$/,\"probabilities\":[0.5,0.5]}/' | if test $(wc -l < calls) -gt 1; "
                        "then cat; else sed '2s/0.5/NaN/'; fi\n");
    const auto stages = predicting("cache: record, on_error: skip");
    CHECK(pool.run(stages, one_round).history.failed.size() == 1);
    CHECK(pool.asked() == 42);
    CHECK(pool.run(stages, one_round).history.failed.empty());
    CHECK(pool.asked() == 43);
}

TEST_CASE("answers of labellers are kept for other runs", "[cache]") {
    CachedPool pool;
    pool.folder().write("label.sh", "tee -a asked | sed -E 's/\\}$/,\"label\":\"ape\"}/'\n");
    const std::string stages =
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: exec.label, from: fetch, cache: record, with: {command: [sh, "
        "label.sh]}}\n"
        "  sample: {uses: sample, from: fetch, needs: label, with: {method: RANDOM, n_new: 4}}\n"
        "  poll: {uses: poll_job, from: sample, writes: labeled}\n";
    pool.run(stages, two_rounds);
    const auto labels = pool.left("stages/label/labels.csv");
    const auto asked = pool.asked();
    pool.run(stages, two_rounds);
    CHECK(pool.asked() == asked);
    CHECK(pool.left("stages/label/labels.csv") == labels);
}

TEST_CASE("an answer that was no good is asked for again", "[cache]") {
    CachedPool pool;
    pool.folder().write("label.sh",
                        "echo >> calls; tee -a asked | sed -E 's/\\}$/,\"label\":\"ape\"}/' | if "
                        "test $(wc -l < calls) -gt 1; then cat; else sed '2s/ape//'; fi\n");
    const std::string stages =
        "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
        "  label: {uses: exec.label, from: fetch, cache: record, on_error: skip, with: {command: "
        "[sh, label.sh]}}\n";
    CHECK(pool.run(stages, one_round).history.failed.size() == 1);
    CHECK(pool.asked() == 6);
    CHECK(pool.run(stages, one_round).history.failed.empty());
    CHECK(pool.asked() == 7);
}

TEST_CASE("a model that a program left in its directory comes out of the cache", "[cache]") {
    CachedPool pool;
    write_training(pool.folder());
    pool.run(trained_by_program, one_round);
    const auto result = pool.run(trained_by_program, one_round);
    CHECK(pool.calls() == 1);
    CHECK(result.history.measurements.at(0).values.at("measure.labels") == 6);
}

TEST_CASE("a model with a damaged file is trained again", "[cache]") {
    CachedPool pool;
    write_training(pool.folder());
    pool.run(trained_by_program, one_round);
    change_byte(pool.kept("count").at(0), 0);
    const auto result = pool.run(trained_by_program, one_round);
    CHECK(pool.calls() == 2);
    CHECK(result.history.measurements.at(0).values.at("measure.labels") == 6);
}

TEST_CASE("what nothing has used for long is deleted, and then made again", "[cache]") {
    CachedPool pool;
    pool.run(predicting("cache: true"), one_round);
    pool.run(predicting("cache: record"), one_round);
    const auto whole = clean_cache(pool.cache(), {.older_than = 1h}, false);
    CHECK(whole.before.entries == 2);
    CHECK(whole.before.bytes > 0);
    CHECK(whole.deleted.entries == 0);
    CHECK(clean_cache(pool.cache(), {}, true).deleted.entries == 2);
    CHECK(clean_cache(pool.cache(), {}, false).deleted.bytes == whole.before.bytes);
    CHECK(clean_cache(pool.cache(), {}, false).before.entries == 0);
    pool.run(predicting("cache: true"), one_round);
    pool.run(predicting("cache: record"), one_round);
    CHECK(pool.calls() == 4);
}

TEST_CASE("of a cache that is too large, what was used last stays", "[cache]") {
    CachedPool pool;
    const auto now = fs::file_time_type::clock::now();
    pool.run(predicting("cache: true"), one_round);
    fs::last_write_time(pool.kept("output").at(0).parent_path(), now - 10min);
    pool.run(predicting("cache: true"), one_round, {{"seed", "2"}});
    fs::last_write_time(pool.kept("output").at(0).parent_path(), now - 20min);
    fs::last_write_time(pool.kept("output").at(1).parent_path(), now - 20min);
    pool.run(predicting("cache: true"), one_round);

    const auto bytes = clean_cache(pool.cache(), {.older_than = 1h}, true).before.bytes;
    const auto cleaned =
        clean_cache(pool.cache(), {.older_than = 1h, .max_bytes = bytes - 1}, false);
    CHECK(cleaned.deleted.entries == 1);
    pool.run(predicting("cache: true"), one_round);
    CHECK(pool.calls() == 2);
    pool.run(predicting("cache: true"), one_round, {{"seed", "2"}});
    CHECK(pool.calls() == 3);
}

TEST_CASE("what a process that died has left is deleted after a day, not before", "[cache]") {
    CachedPool pool;
    const auto left = pool.cache() / "v1/exec.predict/.draft-1-1";
    fs::create_directories(left);
    CHECK(clean_cache(pool.cache(), {.max_bytes = 0}, false).deleted.entries == 0);
    fs::last_write_time(left, fs::file_time_type::clock::now() - 25h);
    CHECK(clean_cache(pool.cache(), {.older_than = 48h}, false).deleted.entries == 1);
    CHECK_FALSE(fs::exists(left));
}

TEST_CASE("only a stage with a cache can say why it ran again", "[cache]") {
    CachedPool pool;
    pool.run(predicting("needs: []"), one_round);
    CHECK_THROWS_WITH(pool.explanation("predict", 1), Contains("stage 'predict' has no cache"));
    CHECK_THROWS_WITH(pool.explanation("predct", 1), Contains("has no stage 'predct'"));
}

TEST_CASE("a cache where it would change what a run does is refused", "[cache]") {
    CachedPool pool;
    const auto with = [](std::string stages, const std::string& kind, const std::string& mode) {
        const auto at = stages.find(kind + ",") + kind.size();
        return stages.insert(at, ", cache: " + mode);
    };
    const auto predicts = predicting("needs: []");
    CHECK_THAT(pool.error_of(with(predicts, "uses: upload_scores", "true")),
               Contains("'cache' has no effect on 'upload_scores': it acts on the world outside"));
    CHECK_THAT(pool.error_of(with(predicts, "uses: sample", "true")),
               Contains("'cache' has no effect on 'sample': it acts on the world outside its run"));
    CHECK_THAT(pool.error_of(with(predicts, "uses: fetch_tag", "record")),
               Contains("means something only in its round"));
    CHECK_THAT(pool.error_of(with(test::usual_stages, "uses: train.linear_probe", "record")),
               Contains("'train.linear_probe' is not asked about one sample after another") &&
                   Contains("'cache: true' keeps its whole output"));
    CHECK_THAT(pool.error_of("  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
                             "  label: {uses: exec.label, from: fetch, cache: true, with: "
                             "{command: [sh, label.sh]}}\n"),
               Contains("'exec.label' keeps answers, not an output") &&
                   Contains("'cache: record' asks about samples that have no answer yet"));
}

TEST_CASE(
    "every kind of stage whose output is kept has inputs and an output that can be told apart",
    "[cache]") {
    const Registry registry = stages::all_stages();
    for (const auto& [name, type] : registry.types()) {
        INFO(name);
        CHECK((type.cache.whole || type.cache.records) == (type.cache.version > 0));
        if (type.cache.version == 0) continue;
        CHECK_FALSE(type.acts_outside);
        CHECK_FALSE(type.batchwise);
        CHECK((!type.cache.whole || can_be_kept(type.output)));
        for (const auto& input : type.inputs) CHECK(has_digest(input.port));
    }
}

}  // namespace trommel
