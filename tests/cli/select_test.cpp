// trommel select: picks from files.

#include "support/peak_memory.hpp"
#include "support/shell.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <limits>
#include <sstream>
#include <vector>

namespace trommel {

using Catch::Matchers::Contains;
using test::Finished;
using test::shell;

namespace {

const std::string program = TROMMEL_PROGRAM;

/// Rows of `columns` numbers as numpy saves them.
std::string npy_of(const std::vector<double>& numbers, std::size_t columns) {
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" +
                         std::to_string(numbers.size() / columns) + ", " + std::to_string(columns) +
                         "), }";
    header.resize(117, ' ');
    const std::string magic("\x93NUMPY\x01\x00\x76\x00", 10);
    return magic + header + "\n" +
           std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size() * 8);
}

/// Four images on a line, and scores of them in another order.
class SelectFolder {
public:
    SelectFolder() {
        folder_.write("images.csv",
                      "filenames,embedding_0,embedding_1,labels\n"
                      "a.jpg,0,0,0\n\"b,c.jpg\",1,0,0\nd.jpg,4,0,0\ne.jpg,9,0,0\n");
        folder_.write("scores.csv",
                      "filename,margin,entropy\n"
                      "e.jpg,0.1,1\nd.jpg,0.9,2\na.jpg,0.5,3\n\"b,c.jpg\",0.6,4\n");
    }

    Finished select(const std::string& arguments) const {
        return shell("cd '" + folder_.path().string() + "' && " + program +
                     " select --embeddings images.csv " + arguments);
    }
    std::string read(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
        return text.str();
    }
    const test::TempDir& files() const { return folder_; }

private:
    test::TempDir folder_;
};

}  // namespace

TEST_CASE("picks are written in the order of choosing, with what they are near to", "[cli]") {
    const SelectFolder folder;
    const auto end = folder.select("--n 3 --output picks.csv");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("3 picks") && Contains("as many as asked for"));
    CHECK(folder.read("picks.csv") ==
          "rank,sample,name,score,distance,nearest\n"
          "1,0,a.jpg,,,\n"
          "2,3,e.jpg,,9,a.jpg\n"
          "3,2,d.jpg,,4,a.jpg\n");
}

TEST_CASE("scores are found by name and preselected samples are kept away from", "[cli]") {
    const SelectFolder folder;
    folder.files().write("labelled.txt", "d.jpg\n\n");
    const auto end = folder.select(
        "--n 2 --strategy coral --scores scores.csv --score margin --preselected labelled.txt "
        "--output picks.csv");
    INFO(end.output);
    CHECK(end.code == 0);
    // Distances times scores: a 4 * 0.5, b,c 3 * 0.6, e 5 * 0.1.
    CHECK(folder.read("picks.csv") ==
          "rank,sample,name,score,distance,nearest\n"
          "1,0,a.jpg,0.5,4,d.jpg\n"
          "2,1,\"b,c.jpg\",0.6,1,a.jpg\n");
}

TEST_CASE("a selection that ends early says why", "[cli]") {
    const SelectFolder folder;
    const auto end = folder.select("--min-distance 3 --output picks.csv --explain");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("3 picks"));
    CHECK_THAT(end.output, Contains("the next would be nearer than 3 to a chosen one"));
    CHECK_THAT(end.output, Contains("Sener & Savarese"));
    CHECK_THAT(end.output, Contains("2,3,e.jpg,,9,a.jpg"));
}

TEST_CASE("picks are written for numpy, and read back as embeddings are", "[cli]") {
    const SelectFolder folder;
    CHECK(folder.select("--n 4 --output picks.npy").code == 0);
    const auto text = folder.read("picks.npy");
    REQUIRE(text.size() == 128 + 4 * 8);
    CHECK_THAT(text.substr(0, 128), Contains("'descr': '<i8'") && Contains("'shape': (4,)"));
    CHECK(text[128] == 0);
    CHECK(text[136] == 3);
}

TEST_CASE("a strategy is told what it needs", "[cli]") {
    const SelectFolder folder;
    folder.files().write("wanted.txt", "e.jpg\n");
    const auto first_pick = [&](const std::string& arguments) {
        const auto end = folder.select("--n 1 --output picks.csv --json " + arguments);
        INFO(end.output);
        CHECK(end.code == 0);
        CHECK_THAT(end.output, Contains("\"ending\": \"wanted\""));
        const auto text = folder.read("picks.csv");
        const auto line = text.find("\n1,") + 3;
        return text.substr(line, text.find(',', line) - line);
    };
    CHECK(first_pick("--first e.jpg") == "3");
    CHECK(first_pick("--first centroid") == "2");
    CHECK(first_pick("--strategy prob_cover --radius 2") == "0");
    CHECK(first_pick("--strategy typicality --neighbors 1") == "0");
    CHECK(first_pick("--strategy similarity --query wanted.txt") == "1");
    CHECK(first_pick("--strategy coral --scores scores.csv --score margin --combine sum "
                     "--score-strength -0.5 --preselected wanted.txt") == "0");
    // The centre of d and b,c, weighted by their margins, is at 2.8; that of all four at 2.4.
    const std::string dmbal = "--strategy dmbal --scores scores.csv --score margin --oversampling ";
    CHECK(first_pick(dmbal + "2") == "2");
    CHECK(first_pick(dmbal + "4") == "1");
    CHECK(first_pick("--strategy information_density --density-strength 2 --scores scores.csv "
                     "--score margin") == "2");
}

TEST_CASE("the row whose embedding is not finite is named", "[cli]") {
    const SelectFolder folder;
    std::string npy("\x93NUMPY\x01\x00\x76\x00", 10);
    npy += "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
    npy.resize(127, ' ');
    npy += '\n';
    for (const float value :
         {1.0F, 2.0F, 3.0F, std::numeric_limits<float>::quiet_NaN(), 5.0F, 6.0F})
        npy.append(reinterpret_cast<const char*>(&value), sizeof value);
    folder.files().write("bad.npy", npy);
    for (const auto* strategy : {"coreset", "typicality", "kmeans++"}) {
        const auto end =
            shell("cd '" + folder.files().path().string() + "' && " + program +
                  " select --embeddings bad.npy --n 2 --output p.csv --strategy " + strategy);
        INFO(end.output);
        CHECK(end.code == 1);
        CHECK_THAT(end.output, Contains("bad.npy: row 1, column 1, counted from 0: nan is no"));
    }
}

TEST_CASE("what cannot be selected is refused, with the place and what would do", "[cli]") {
    const SelectFolder folder;
    folder.files().write("unknown.txt", "a.jpg\nz.jpg\n");
    folder.files().write("twice.txt", "a.jpg\na.jpg\n");
    folder.files().write("few.csv", "filename,margin\na.jpg,1\n");
    const auto refused = [&](const std::string& arguments, int code, const std::string& why) {
        const auto end = folder.select(arguments);
        INFO(arguments << ": " << end.output);
        CHECK(end.code == code);
        CHECK_THAT(end.output, Contains(why));
    };
    refused("--output picks.csv", 2, "give --n, --proportion or --min-distance");
    refused("--n 2 --output picks.txt", 2, "must end in .csv or .npy");
    refused("--n 2 --strategy corset --output p.csv", 2, "did you mean 'coreset'?");
    refused("--n 2 --strategy coral --output p.csv", 2, "give --scores");
    refused("--n 5 --output p.csv", 1, "--n is 5, but there are 4 samples");
    refused("--n 2 --preselected unknown.txt --output p.csv", 1, "unknown.txt:2: 'z.jpg'");
    refused("--n 2 --preselected twice.txt --output p.csv", 1, "'a.jpg' is there twice");
    refused("--n 2 --strategy margin --scores few.csv --output p.csv", 1, "has no score");
    refused("--n 2 --strategy margin --scores scores.csv --output p.csv", 1, "by --score");
    refused("--min-distance 1 --strategy typiclust --output p.csv",
            2,
            "give that number by --n or --proportion");
    refused("--n 2 --radius 3 --output p.csv", 2, "coreset does not use 'radius'");
    refused("--n 2 --strategy prob_cover --output p.csv", 2, "prob_cover needs 'radius'");
    refused(
        "--n 2 --strategy dmbal --scores scores.csv --score margin --oversampling 0.5 --output "
        "p.csv",
        2,
        "'oversampling' has to be a number of at least 1, not '0.5'");
    refused("--n 2 --strategy similarity --output p.csv", 2, "give --query");
    refused("--n 2 --query twice.txt --output p.csv", 2, "does not use --query");
    refused("--n 2 --first z.jpg --output p.csv", 1, "'z.jpg' has no embedding");
}

TEST_CASE("goals are multiplied, and thresholds leave out what is beyond", "[cli]") {
    const SelectFolder folder;
    folder.files().write("labels.csv",
                         "file_name,label\na.jpg,sun\n\"b,c.jpg\",sun\nd.jpg,sun\ne.jpg,rain\n");
    const auto names = [&](const std::string& arguments) {
        const auto end = folder.select(arguments + " --output picks.csv --json");
        INFO(end.output);
        CHECK(end.code == 0);
        std::string picked;
        for (const auto* name : {"a.jpg", "b,c.jpg", "d.jpg", "e.jpg"})
            if (folder.read("picks.csv").find(name) != std::string::npos) picked += name[0];
        return picked;
    };
    CHECK(names("--strategy balance --goal balance=labels.csv --n 2") == "ae");
    CHECK(names("--strategy balance --goal balance=labels.csv --target sun=1 --n 3") == "abd");
    CHECK(names("--strategy balance --goal balance=labels.csv --target input --n 2") == "ab");
    CHECK(names("--strategy combined --goal weights=scores.csv:margin --n 1") == "d");
    CHECK(names("--strategy combined --goal weights=scores.csv:margin^-1 --n 1") == "e");
    CHECK(names("--strategy combined --goal weights=scores.csv:margin --goal diversity "
                "--threshold 'scores.csv:entropy<=3' --threshold 'scores.csv:margin>=0.5' --n 2") ==
          "ad");
    CHECK(names("--threshold 'scores.csv:entropy>=2' --n 3") == "abd");
}

TEST_CASE("what stopped a selection is said, a threshold too", "[cli]") {
    const SelectFolder folder;
    const auto done =
        folder.select("--threshold 'scores.csv:entropy>=2' --n 4 --json --output picks.csv");
    CHECK(done.code == 0);
    CHECK_THAT(done.output,
               Contains(R"("ending": "threshold")") || Contains(R"("ending":"threshold")"));
    CHECK_THAT(done.output, Contains("no other sample is within the thresholds"));
}

TEST_CASE("a selection says what memory it takes and takes no more", "[cli]") {
    const test::TempDir folder;
    constexpr std::size_t samples = 60'000;
    constexpr std::size_t dimensions = 32;
    std::vector<double> numbers;
    for (std::size_t i = 0; i < samples * dimensions; ++i)
        numbers.push_back(static_cast<double>((i * 2654435761U) % 1000003U) / 1e6);
    folder.write("rows.npy", npy_of(numbers, dimensions));
    folder.write("scores.npy", npy_of(std::vector(numbers.begin(), numbers.begin() + samples), 1));
    const auto path = [&](const std::string& name) { return (folder / name).string(); };
    const auto watched = [&](const std::string& options) {
        std::vector<std::string> arguments{program, "select", "--embeddings", path("rows.npy")};
        std::istringstream words(options + " --json --output " + path("picks.csv"));
        for (std::string word; words >> word;) arguments.push_back(word);
        const auto result = test::watch(arguments, path("log"));
        std::ostringstream text;
        text << std::ifstream(path("log")).rdbuf();
        INFO(text.str());
        REQUIRE(result.code == 0);
        const auto at = text.str().find("\"memory\":");
        REQUIRE(at != std::string::npos);
        return std::pair(result.peak, std::stoul(text.str().substr(at + 9)));
    };
    const auto scores = " --scores " + path("scores.npy");
    const auto alone = watched("--strategy weights --n 1" + scores).first;
    for (const auto* options : {"--strategy coreset --n 2000",
                                "--strategy dmbal --n 300 --oversampling 20",
                                "--strategy cluster_margin --n 100 --oversampling 20",
                                "--strategy coreset --n 500 --metric cosine"}) {
        const auto [peak, bound] = watched(options + scores);
        INFO(options << ": " << peak << " - " << alone << " of " << bound);
        CHECK(peak <= alone + bound);
        CHECK(bound < (std::size_t{128} << 20U));
    }
    const auto refused = shell(program + " select --embeddings " + path("rows.npy") +
                               " --n 10 --memory 1MiB --output " + path("picks.csv"));
    CHECK(refused.code == 1);
    CHECK_THAT(refused.output,
               Contains("--strategy coreset takes up to ") && Contains("and there are 1 MiB"));
}

TEST_CASE("what is wrong with goals and thresholds is said", "[cli]") {
    const SelectFolder folder;
    folder.files().write("labels.csv", "file_name,label\na.jpg,sun\n");
    const auto refused = [&](const std::string& arguments, int code, const std::string& why) {
        const auto end = folder.select("--n 2 --output p.csv " + arguments);
        INFO(arguments << ": " << end.output);
        CHECK(end.code == code);
        CHECK_THAT(end.output, Contains(why));
    };
    refused("--strategy combined", 2, "needs to know what for: give --goal");
    refused("--goal diversity", 2, "coreset does not use --goal");
    refused(
        "--strategy combined --goal diversty", 2, "no goal 'diversty'; did you mean 'diversity'?");
    refused("--strategy combined --goal weights", 2, "of which file? weights=FILE");
    refused("--strategy combined --goal diversity=x", 2, "diversity has no file");
    refused("--strategy combined --goal diversity^much", 2, "'much' is not a number");
    refused("--strategy balance --goal balance=labels.csv", 1, "'b,c.jpg' has no label");
    refused("--strategy combined --goal diversity --target input", 2, "for --goal balance=FILE");
    refused("--threshold scores.csv:margin=3", 2, "write FILE>=NUMBER or FILE<=NUMBER");
    refused("--threshold 'scores.csv:margin>=x'", 2, "'x' is not a number");
}

TEST_CASE("a proportion is of the samples that are not preselected", "[cli]") {
    const SelectFolder folder;
    folder.files().write("labelled.txt", "d.jpg\n");
    const auto end =
        folder.select("--proportion 0.5 --preselected labelled.txt --output picks.csv");
    INFO(end.output);
    CHECK(end.code == 0);
    CHECK_THAT(end.output, Contains("2 picks") && Contains("as many as asked for"));
    const auto refused = folder.select("--proportion 1.5 --output picks.csv");
    CHECK(refused.code != 0);
    CHECK_THAT(refused.output, Contains("give a share above 0 and at most 1"));
}

TEST_CASE("badge takes the probabilities of classes from a file", "[cli]") {
    const SelectFolder folder;
    const std::vector<double> numbers{.9, .1, .5, .5, .6, .4, .99, .01};
    folder.files().write("p.npy", npy_of(numbers, 2));
    const auto end =
        folder.select("--strategy badge --probabilities p.npy --n 1 --output picks.csv");
    INFO(end.output);
    CHECK(end.code == 0);
    // Gradients are as long as 1 - p times the embedding: 0.4 * 4 is the most.
    CHECK_THAT(folder.read("picks.csv"), Contains("1,2,d.jpg"));

    CHECK_THAT(folder.select("--strategy badge --n 1 --output picks.csv").output,
               Contains("give --probabilities"));
    folder.files().write("p.npy", npy_of({.9, .1}, 2));
    CHECK_THAT(
        folder.select("--strategy badge --probabilities p.npy --n 1 --output picks.csv").output,
        Contains("1 rows of probabilities, but 4 embeddings"));
}

}  // namespace trommel
