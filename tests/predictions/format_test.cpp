#include "trommel/predictions/format.hpp"

#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <set>

namespace trommel::predictions {

using Catch::Matchers::Contains;

TEST_CASE("a file's name tells its format, also when it is compressed", "[predictions]") {
    const test::TempDir dir;
    CHECK(format_by_name("a/b.npz") == find_format("npy"));
    CHECK(format_by_name("b.jsonl.gz") == find_format("jsonl"));
    CHECK(format_by_name("b.tar.zst") == find_format("tar"));
    CHECK(format_by_name(dir.path()) == find_format("lightly"));
    CHECK(format_by_name("b.xyz") == nullptr);
    CHECK(find_format("xml") == nullptr);
}

TEST_CASE("no two formats share a name or an extension", "[predictions]") {
    std::set<std::string_view> names;
    for (const auto& format : formats()) {
        CHECK(names.emplace(format.name).second);
        for (const auto extension : format.extensions) CHECK(names.emplace(extension).second);
        CHECK_FALSE(format.types.empty());
    }
}

TEST_CASE("a type that a format does not have is refused before the file is opened",
          "[predictions]") {
    for (const auto& format : formats())
        for (const auto type : {PredictionType::classification,
                                PredictionType::committee,
                                PredictionType::object_detection,
                                PredictionType::semantic_segmentation,
                                PredictionType::keypoint_detection}) {
            if (format.has(type)) continue;
            ReadRequest request;
            request.inputs = {"nothing"};
            request.format = &format;
            request.type = type;
            CHECK_THROWS_WITH(
                open_chunks(request),
                fmt::format(
                    "nothing: {} has no {} form; write JSON Lines", to_string(type), format.title));
        }
}

TEST_CASE("chunks of lines and batches of them have the same samples in the same order",
          "[predictions]") {
    const test::TempDir dir;
    std::string text;
    for (int i = 0; i < 10; ++i)
        text += fmt::format("{{\"file_name\": \"{}\", \"probabilities\": [0.5, 0.5]}}\n", i);
    ReadRequest request;
    request.inputs = {dir.write("a.jsonl", text), dir.write("b.jsonl", text)};
    std::vector<std::string> by_chunks;
    const auto chunks = open_chunks(request);
    while (const auto chunk = chunks->next()) {
        const auto batch = (*chunk)();
        const auto& names = std::get<dataset::ClassificationRecords>(batch.predictions).names;
        by_chunks.insert(by_chunks.end(), names.begin(), names.end());
    }
    CHECK(chunks->fraction() == 1.0);
    request.batch_size = 3;
    std::vector<std::string> by_batches;
    const auto batches = open_batches<dataset::ClassificationRecords>(request);
    while (const auto batch = batches->next()) {
        CHECK(batch->size() <= 3);
        by_batches.insert(by_batches.end(), batch->names.begin(), batch->names.end());
    }
    CHECK(by_batches.size() == 20);
    CHECK(by_batches == by_chunks);
}

TEST_CASE("a list of names is for arrays alone", "[predictions]") {
    const test::TempDir dir;
    ReadRequest request;
    request.inputs = {"p.csv"};
    request.names = dir.write("names.txt", "a.jpg\n");
    CHECK_THROWS_WITH(open_chunks(request), Contains("is for arrays"));
}

}  // namespace trommel::predictions
