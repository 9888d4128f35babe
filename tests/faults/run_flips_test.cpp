// One byte flipped in any file of a run: told with the file's name, or harmless. Never other
// picks, never a label asked for again without a word, never a crash.

#include "support/faults.hpp"
#include "support/small_pool_files.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::TempDir;

namespace {

namespace fs = std::filesystem;

constexpr auto stages =
    "  fetch: {uses: fetch_tag, with: {preselected: '${state.labeled}'}}\n"
    "  label: {uses: exec.label, from: fetch, with: {command: [sh, label.sh]}}\n"
    "  train: {uses: train.linear_probe, from: label}\n"
    "  evaluate: {uses: evaluate.accuracy, from: train, with: {labels: labels.csv}}\n"
    "  predict: {uses: predict.linear_probe, from: train}\n"
    "  score: {uses: score.classification, from: predict}\n"
    "  upload: {uses: upload_scores, from: score}\n"
    "  sample: {uses: sample, from: upload, with: {method: CORAL, score: uncertainty_margin, "
    "n_new: 4}}\n"
    "  poll: {uses: poll_job, from: sample, writes: labeled}\n";

/// Answers every question, and writes down what it was asked.
constexpr auto label_script =
    "tee -a asked | awk '{ match($0, /s[0-9]+/); n = substr($0, RSTART + 1, 2) + 0;"
    " split(\"ape bee cat\", classes, \" \"); printf "
    "\"{\\\"file_name\\\":\\\"s%02d.jpg\\\",\\\"label\\\":\\\"%s\\\"}\\n\", n,"
    " classes[n % 3 + 1] }'\n";

std::vector<fs::path> files_below(const fs::path& directory) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory))
        if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(directory));
    std::sort(files.begin(), files.end());
    return files;
}

/// The first byte, one in the middle, the last, and some that chance names.
std::set<std::uintmax_t> places_in(const fs::path& file, Random& random) {
    const auto size = fs::file_size(file);
    if (size == 0) return {};
    std::set<std::uintmax_t> places{0, size / 2, size - 1};
    const bool is_database = file.filename().string().starts_with("platform.db");
    const std::size_t more = is_database ? 20 : 2;
    for (std::size_t i = 0; i < more; ++i)
        places.insert(static_cast<std::uintmax_t>(random.uniform() * static_cast<double>(size)));
    return places;
}

/// One bit of one byte becomes another.
void flip(const fs::path& file, std::uintmax_t place) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(place));
    const char byte = static_cast<char>(bytes.get() ^ 1);
    bytes.seekp(static_cast<std::streamoff>(place));
    bytes.put(byte);
}

/// What messages name: of the files that SQLite keeps beside a database, the database.
std::string name_in_messages(const fs::path& file) {
    const auto name = file.filename().string();
    return name.starts_with("platform.db") ? "platform.db" : name;
}

/// A run in `r`, what an undisturbed one chose and was asked, and copies to be damaged.
class FlippedRuns {
public:
    FlippedRuns() {
        test::write_small_pool(folder_);
        folder_.write("label.sh", label_script);
        folder_.write("p.yaml", test::small_pipeline(stages, "rounds: {max: 4}\n"));
        calls_ = faults_.calls(program_ + " run p.yaml --quiet --threads 1 --run-dir r");
        picks_ = read_file(folder_ / "r/picks.csv");
        questions_ = questions();
        keep();
    }

    /// Replaces the finished run by one that was killed when its third round was all but finished.
    void kill_third_round() {
        const auto commit = std::find(calls_.begin(), calls_.end(), "rename r/rounds/main/3.json");
        REQUIRE(commit != calls_.end());
        fs::remove_all(folder_ / "r");
        fs::remove(folder_ / "asked");
        const auto fault = "kill:" + std::to_string(commit - calls_.begin() + 1);
        faults_.run(fault, program_ + " run p.yaml --quiet --threads 1 --run-dir r");
        REQUIRE(fs::exists(folder_ / "r/rounds/main/2.json"));
        REQUIRE_FALSE(fs::exists(folder_ / "r/rounds/main/3.json"));
        keep();
    }

    std::vector<fs::path> files() const { return files_below(folder_ / "kept/r"); }
    std::set<std::uintmax_t> places(const fs::path& file) {
        return places_in(folder_ / "kept/r" / file, random_);
    }

    /// Nothing is flipped: all is well.
    void check_whole() {
        put_back();
        const auto seen = call("doctor r");
        INFO(seen.output);
        CHECK(seen.code == 0);
        CHECK(call("resume r --quiet").code == 0);
        CHECK(read_file(folder_ / "r/picks.csv") == picks_);
        CHECK(questions() == questions_);
    }

    void check(const fs::path& file, std::uintmax_t place) {
        INFO(file.string() << " at " << place);
        put_back();
        flip(folder_ / "r" / file, place);
        const auto name = name_in_messages(file);
        const auto seen = call("doctor r");
        INFO("doctor: " << seen.code << " " << seen.output);
        CHECK((seen.code == 0 || seen.code == 1));
        if (seen.code == 1) CHECK_THAT(seen.output, Contains(name));
        check_told(call("status r"), name);
        const auto end = call("resume r --quiet");
        check_told(end, name);
        if (end.code != 0) return;
        CHECK(read_file(folder_ / "r/picks.csv") == picks_);
        CHECK(questions() == questions_);
    }

private:
    Finished call(const std::string& words) const {
        return test::shell("cd '" + folder_.path().string() + "' && " + program_ + " " + words);
    }

    static void check_told(const Finished& end, const std::string& name) {
        INFO(end.code << " " << end.output);
        CHECK(end.code <= 2);
        if (end.code != 0) CHECK_THAT(end.output, Contains(name));
    }

    /// What people were asked, each as often as it was.
    std::multiset<std::string> questions() const {
        std::multiset<std::string> lines;
        std::ifstream file(folder_ / "asked");
        for (std::string line; std::getline(file, line);) lines.insert(line);
        return lines;
    }

    void keep() const {
        fs::remove_all(folder_ / "kept");
        fs::create_directory(folder_ / "kept");
        fs::copy(folder_ / "r", folder_ / "kept/r", fs::copy_options::recursive);
        fs::copy_file(folder_ / "asked", folder_ / "kept/asked");
    }

    void put_back() const {
        fs::remove_all(folder_ / "r");
        fs::remove(folder_ / "asked");
        fs::copy(folder_ / "kept/r", folder_ / "r", fs::copy_options::recursive);
        fs::copy_file(folder_ / "kept/asked", folder_ / "asked");
    }

    const std::string program_ = TROMMEL_PROGRAM;
    TempDir folder_;
    test::Faults faults_{folder_.path()};
    Random random_{1, 0, "flips"};
    std::vector<std::string> calls_;
    std::string picks_;
    std::multiset<std::string> questions_;
};

}  // namespace

TEST_CASE("a byte flipped in a finished run is told by the file's name, or harmless",
          "[faults][flips]") {
    FlippedRuns runs;
    runs.check_whole();
    for (const auto& file : runs.files())
        for (const auto place : runs.places(file)) runs.check(file, place);
}

TEST_CASE("a byte flipped in a run that was killed is told by the file's name, or harmless",
          "[faults][flips]") {
    FlippedRuns runs;
    runs.kill_third_round();
    runs.check_whole();
    for (const auto& file : runs.files())
        for (const auto place : runs.places(file)) runs.check(file, place);
}

}  // namespace trommel
