// Pipelines that run against a server pick what they pick in one process, whoever is killed.
#include "support/shell.hpp"
#include "support/small_pool_files.hpp"
#include "support/temp_dir.hpp"
#include "wire/served.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>

namespace trommel::test {
namespace {

using namespace std::chrono_literals;

/// The small pool's usual loop, in one process and against a server.
class Both {
public:
    Both() {
        write_small_pool(folder_);
        const auto text = small_pipeline(usual_stages, "rounds: {max: 6}\n");
        folder_.write("near.yaml", text);
        folder_.write("far.yaml", text + "platform: {url: '" + served_.url() + "'}\n");
        near_ = picks_after("run near.yaml --quiet --run-dir near");
    }

    /// The picks in `far` after a verb that ends well.
    std::string picks_after(const std::string& words, const std::string& before = "") const {
        const auto done = shell(line(words, before));
        INFO(done.output);
        CHECK(done.code == 0);
        const auto run = words.find("near") == std::string::npos ? "far" : "near";
        return shell("cat " + (folder_ / run / "picks.csv").string()).output;
    }

    Finished in_folder(const std::string& script) const {
        return shell("cd '" + folder_.path().string() + "' && " + script);
    }

    std::string line(const std::string& words, const std::string& before = "") const {
        return "cd '" + folder_.path().string() + "' && " + before + " " TROMMEL_PROGRAM " " +
               words;
    }
    const std::string& near() const { return near_; }
    Served& served() { return served_; }
    std::filesystem::path far() const { return folder_ / "far"; }

private:
    TempDir folder_;
    Served served_{folder_ / "served"};
    std::string near_;
};

}  // namespace

TEST_CASE("a pipeline picks over a server what it picks in one process", "[wire]") {
    Both both;
    CHECK(both.near().size() > 100);
    CHECK(both.picks_after("run far.yaml --quiet --run-dir far") == both.near());
    CHECK(both.served().ask("SELECT count(*) FROM jobs") == "6\n");
}

TEST_CASE("a pipeline picks through a server in between what it picks in one process", "[wire]") {
    Both both;
    const auto run = both.in_folder(
        "echo \"platform: {url: '" + both.served().url() +
        "'}\" > relay.yaml; " TROMMEL_PROGRAM
        " serve --config relay.yaml --data relay --listen 127.0.0.1:0 2> log & serve=$!; cd '" +
        both.far().parent_path().string() +
        "'; for i in $(seq 1200); do url=$(sed -n 's/.*answers at //p' log 2> /dev/null); "
        "[ -n \"$url\" ] && break; sleep 0.05; done; "
        "{ cat near.yaml; echo \"platform: {url: '$url'}\"; } > through.yaml; " TROMMEL_PROGRAM
        " run through.yaml --quiet --run-dir far; code=$?; kill -TERM $serve; "
        "wait $serve || cat log; exit $code");
    INFO(run.output);
    CHECK(run.code == 0);
    CHECK(both.in_folder("cat far/picks.csv").output == both.near());
    CHECK(both.served().ask("SELECT count(*) FROM jobs") == "6\n");
}

TEST_CASE("a run whose client was killed goes on to the same picks and no second job", "[wire]") {
    int resumed = 0;  // a whole run takes about 0.2 s
    for (const auto* after : {"0.04", "0.06", "0.08", "0.1", "0.12", "0.15", "0.2"}) {
        INFO(after);
        Both both;
        shell(both.line("run far.yaml --quiet --run-dir far",
                        std::string("timeout -s KILL ") + after));
        const auto journal = shell("cat '" + (both.far() / "journal.jsonl").string() + "'").output;
        if (journal.find("\"type\":\"run\"") == std::string::npos) continue;  // it had not begun
        ++resumed;
        CHECK(both.picks_after("resume far --quiet") == both.near());
        CHECK(both.served().ask("SELECT count(*) FROM jobs") == "6\n");
        CHECK(both.served().ask("SELECT count(*) FROM uploads") == "18\n");  // three a round
    }
    CHECK(resumed > 0);
}

TEST_CASE("a run goes on when its server is killed and started again", "[wire]") {
    Both both;
    std::string picks;
    std::thread run([&] { picks = shell(both.line("run far.yaml --quiet --run-dir far")).output; });
    for (int i = 0; i < 4; ++i) {
        std::this_thread::sleep_for(60ms);
        both.served().kill();
        std::this_thread::sleep_for(20ms);
        both.served().start();
    }
    run.join();
    INFO(picks);
    CHECK(shell("cat " + (both.far() / "picks.csv").string()).output == both.near());
    CHECK(both.served().ask("SELECT count(*) FROM jobs") == "6\n");
}

}  // namespace trommel::test
