#include "pipeline/engine/journal/inputs.hpp"
#include "pipeline/fake_stages.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

namespace trommel {

using Catch::Matchers::Contains;
using test::TempDir;

namespace {

const Registry& registry() {
    static const Registry all = test::fake_stages();
    return all;
}

constexpr auto base =
    "version: 1\n"
    "name: base\n"
    "dataset: {name: pool, embeddings: pool.csv, holdout: {random: 5}}\n"
    "params: {batch: 4}\n"
    "stages:\n"
    "  a: {uses: tags}\n"
    "  b: {uses: think, from: a, with: {depth: '${params.batch}', about: [cats, dogs]}}\n"
    "rounds: {max: 3}\n";

/// A folder with `common/base.yaml` and files that extend it.
class Files {
public:
    Files() { write("common/base.yaml", base); }

    void write(const std::string& name, const std::string& text) { folder_.write(name, text); }

    Pipeline read(const std::string& name) { return load_pipeline(folder_ / name, registry()); }

    /// What is wrong with a file, without the folder's name.
    std::string lint(const std::string& name) {
        const SourceText source = load_source(folder_ / name);
        Diagnostics diagnostics;
        read_pipeline(source, (folder_ / name).parent_path(), registry(), {}, diagnostics);
        std::string text = diagnostics.render(source);
        const std::string prefix = folder_.path().string() + "/";
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }

    const TempDir& folder() const { return folder_; }

private:
    TempDir folder_;
};

}  // namespace

TEST_CASE("a pipeline that extends another says only what it does otherwise", "[pipeline]") {
    Files files;
    files.write("p.yaml", "extends: common/base.yaml\nname: mine\nrounds: {max: 7}\n");
    const auto pipeline = files.read("p.yaml");

    CHECK(pipeline.name == "mine");
    CHECK(pipeline.rounds.max == 7);
    CHECK(pipeline.stages.size() == 2);
    CHECK(pipeline.params.at("batch").text() == "4");
}

TEST_CASE("maps are put together by key, lists are replaced, and nothing takes a key away",
          "[pipeline]") {
    Files files;
    files.write("p.yaml",
                "extends: common/base.yaml\n"
                "stages:\n"
                "  b: {with: {about: [birds], depth: ~}}\n"
                "  c: {uses: choose, from: b, with: {n_new: 1}}\n"
                "dataset: {holdout: {random: ~, names: held.txt}}\n");
    const auto yaml = resolved_yaml(files.read("p.yaml"));

    CHECK_THAT(yaml,
               Contains("about: [birds]\n") && Contains("  c:\n") &&
                   Contains("  holdout:\n    names: held.txt\n") && !Contains("extends"));
    CHECK(yaml.find("depth: 4") == std::string::npos);
}

TEST_CASE("nothing where the base has nothing to take away is the usual mistake", "[pipeline]") {
    Files files;
    files.write("p.yaml", "extends: common/base.yaml\nschedule: ~\n");
    CHECK_THAT(files.lint("p.yaml"),
               Contains("p.yaml:2:11: error[empty-value]: 'schedule' has no value"));
}

TEST_CASE("paths go from the folder of the file in which they appear", "[pipeline]") {
    Files files;
    files.write("mine/p.yaml",
                "extends: ../common/base.yaml\nstate: {s: {init: {names: s.txt}}}\n");
    const auto pipeline = files.read("mine/p.yaml");

    CHECK(pipeline.dataset.embeddings == files.folder() / "common/pool.csv");
    const auto& names = std::get<NamedSamples>(pipeline.state.at(0).init.value());
    CHECK(names.file == files.folder() / "mine/s.txt");
    CHECK_THAT(resolved_yaml(pipeline),
               Contains("embeddings: ../common/pool.csv\n") && Contains("names: s.txt\n"));
}

TEST_CASE("a path that comes by a param goes from where the param's value appears", "[pipeline]") {
    Files files;
    files.write("common/base.yaml",
                "params: {data: pool.csv, folder: one}\n"
                "dataset: {embeddings: '${params.data}', holdout: {names: "
                "'${params.folder}/held.txt'}}\n");
    files.write("mine/p.yaml",
                "extends: ../common/base.yaml\n"
                "version: 1\nname: mine\n"
                "params: {folder: two}\n"
                "dataset: {name: pool}\n"
                "stages: {a: {uses: tags}}\n");
    const auto pipeline = files.read("mine/p.yaml");

    CHECK(pipeline.dataset.embeddings == files.folder() / "common/pool.csv");
    const auto& held = std::get<NamedSamples>(pipeline.dataset.holdout.value());
    CHECK(held.file == files.folder() / "mine/two/held.txt");
}

TEST_CASE("a mistake is shown in the file that makes it", "[pipeline]") {
    Files files;
    files.write("common/base.yaml", std::string(base) + "limits: {x: {rate: fast}}\n");
    files.write("p.yaml",
                "extends: common/base.yaml\n"
                "stages: {b: {with: {dept: 3}}}\n");
    const auto found = files.lint("p.yaml");

    CHECK_THAT(found,
               Contains("p.yaml:2:21: error[unknown-key]: 'think' has no option 'dept'\n"
                        "    2 | stages: {b: {with: {dept: 3}}}\n") &&
                   Contains("common/base.yaml:9:20: error[wrong-type]: 'rate':") &&
                   Contains("    9 | limits: {x: {rate: fast}}\n"));
    CHECK(found.find("p.yaml:2") < found.find("common/base.yaml"));
}

TEST_CASE("a later base is put over an earlier one, and bases have bases", "[pipeline]") {
    Files files;
    files.write("more.yaml", "extends: common/base.yaml\nrounds: {max: 5}\nname: more\n");
    files.write("short.yaml", "rounds: {max: 1}\n");
    files.write("p.yaml", "extends: [more.yaml, short.yaml]\n");
    const auto pipeline = files.read("p.yaml");

    CHECK(pipeline.name == "more");
    CHECK(pipeline.rounds.max == 1);
    CHECK(pipeline.bases.size() == 3);
}

TEST_CASE("files that extend each other are named in a circle", "[pipeline]") {
    Files files;
    files.write("p.yaml", "extends: q.yaml\n");
    files.write("q.yaml", "name: q\nextends: ./common/../p.yaml\n");
    CHECK_THAT(files.lint("p.yaml"),
               Contains("q.yaml:2:10: error[extends-cycle]: files extend each other: p.yaml → "
                        "q.yaml → p.yaml"));
    files.write("self.yaml", "extends: self.yaml\n");
    CHECK_THAT(files.lint("self.yaml"), Contains("self.yaml → self.yaml"));
}

TEST_CASE("how many files extend each other is bounded", "[pipeline]") {
    Files files;
    files.write("p0.yaml", base);
    for (int i = 1; i <= 9; ++i)
        files.write("p" + std::to_string(i) + ".yaml",
                    "extends: p" + std::to_string(i - 1) + ".yaml\n");
    CHECK(files.lint("p8.yaml").empty());
    CHECK_THAT(files.lint("p9.yaml"),
               Contains("error[too-deep]: more than 8 files extend each other in a row"));

    std::string names = "extends: [p0.yaml";
    for (int i = 0; i < 32; ++i) names += ", p0.yaml";
    files.write("wide.yaml", names + "]\n");
    CHECK_THAT(files.lint("wide.yaml"), Contains("error[too-many-bases]: more than 32 files"));
}

TEST_CASE("a base that cannot be had is an error where it is named", "[pipeline]") {
    Files files;
    files.write("p.yaml", "version: 1\nextends: [no.yaml, common, list.yaml, 'a: b.yaml']\n");
    files.write("list.yaml", "[1, 2]\n");
    files.write("a: b.yaml", "x: {\n");
    const auto found = files.lint("p.yaml");

    CHECK_THAT(
        found,
        Contains("p.yaml:2:11: error[no-base]: no.yaml: cannot read the file: No such file") &&
            Contains("p.yaml:2:20: error[no-base]: common: cannot read the file: it is a") &&
            Contains("list.yaml:1:1: error[wrong-type]: a pipeline must be a map") &&
            Contains("a: b.yaml:2:1: error[yaml]"));
    CHECK_THAT(found, !Contains("missing-key"));  // they would follow from it
}

TEST_CASE("what is not a file name cannot be extended", "[pipeline]") {
    Files files;
    files.write("p.yaml", "extends: {file: x}\n");
    CHECK_THAT(files.lint("p.yaml"), Contains("must be a file or a list of files, not a map"));
    files.write("p.yaml", "extends: '${params.base}'\n");
    CHECK_THAT(files.lint("p.yaml"), Contains("error[bad-reference]: 'extends' cannot hold"));
    files.write("p.yaml", "extends: []\n");
    CHECK_THAT(files.lint("p.yaml"), Contains("must be a file or a list of files, not a list"));
}

TEST_CASE("what a run extends is among its inputs", "[pipeline]") {
    Files files;
    files.write("p.yaml", "extends: common/base.yaml\n");
    const auto inputs = input_files(files.read("p.yaml"));

    CHECK(inputs == std::vector<std::filesystem::path>{files.folder() / "common/base.yaml"});
}

}  // namespace trommel
