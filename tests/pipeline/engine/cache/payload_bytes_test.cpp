#include "pipeline/engine/cache/payload_bytes.hpp"

#include "pipeline/engine/cache/payload_digest.hpp"
#include "support/temp_dir.hpp"
#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel {
namespace {

TagSetPtr tags(const BitMask& query, const std::string& tag_name = "pool") {
    auto set = std::make_shared<TagSet>();
    set->names =
        std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b", "c"});
    set->query.name = tag_name;
    set->query.mask = query;
    return set;
}

const TagSetPtr all = tags(BitMask::first(3));

PayloadPtr predictions(const std::vector<SampleIndex>& samples) {
    auto batch = std::make_shared<ClassificationBatch>();
    batch->of = all;
    batch->samples = samples;
    for (const SampleIndex sample : samples) {
        const double p = 0.25 + 0.125 * sample;
        batch->probs.append_row(std::vector<double>{p, 1 - p});
    }
    return batch;
}

PayloadPtr labels(const std::vector<SampleIndex>& samples, std::vector<std::string> texts) {
    auto batch = std::make_shared<LabelBatch>();
    batch->of = all;
    batch->samples = samples;
    batch->labels = std::move(texts);
    return batch;
}

std::string digest(const std::vector<PayloadPtr>& batches) {
    return digest_of(LabelBatch::port, batches);
}

template <typename T>
std::shared_ptr<const T> there_and_back(const T& payload) {
    return std::static_pointer_cast<const T>(decode(T::port, encode(T::port, payload), all, {}));
}

TEST_CASE("a digest depends on what labels say, not on how they are cut or ordered", "[cache]") {
    const auto one = digest({labels({0, 1, 2}, {"a", "b", "c"})});
    CHECK(digest({labels({2, 0, 1}, {"c", "a", "b"})}) == one);
    CHECK(digest({labels({1}, {"b"}), labels({2, 0}, {"c", "a"})}) == one);
    CHECK(digest({labels({0, 1}, {"a", "b"})}) != one);
    CHECK(digest({labels({0, 1, 2}, {"a", "c", "b"})}) != one);
    CHECK(digest({labels({0, 1, 2}, {"a", "bc", ""})}) != one);
}

TEST_CASE("a digest of samples does not depend on the names of tags", "[cache]") {
    const auto of = [](const TagSetPtr& set) { return digest_of(TagSet::port, {set}); };
    CHECK(of(tags(BitMask::first(2), "run 1")) == of(tags(BitMask::first(2), "run 2")));
    CHECK(of(tags(BitMask::first(2))) != of(tags(BitMask::first(3))));
    auto preselected = std::make_shared<TagSet>(*all);
    preselected->preselected.emplace();
    CHECK(of(preselected) != of(all));
}

TEST_CASE("what is kept comes back as it was, bit for bit", "[cache]") {
    ScoreBatch scores;
    scores.of = all;
    scores.samples = {2, 0};
    scores.columns = {{"x", {0.1, -0.0}}, {"y", {1e-308, std::numeric_limits<double>::max()}}};
    const auto read = there_and_back(scores);
    CHECK(read->samples == scores.samples);
    CHECK(read->columns == scores.columns);
    CHECK(read->of == all);

    Metrics metrics;
    metrics.values = {{"accuracy", 1.0 / 3}};
    CHECK(there_and_back(metrics)->values == metrics.values);

    LinearProbeModel model;
    model.standardizer = learning::Standardizer::by({0.5, 1}, {2, 0});
    model.probe.classes = {0, 2};
    model.probe.weights = {{0, 0}, {0.1, -3}};
    model.probe.intercepts = {0, 7};
    model.classes = {"ape", "bee", "cat"};
    const auto again = there_and_back(model);
    CHECK(again->probe.weights == model.probe.weights);
    CHECK(again->probe.classes == model.probe.classes);
    CHECK(again->probe.intercepts == model.probe.intercepts);
    CHECK(again->classes == model.classes);
    CHECK(again->standardizer.factors() == model.standardizer.factors());
    CHECK_FALSE(again->standardizer.is_none());
}

TEST_CASE("bytes that are cut off, or too many, are not payload", "[cache]") {
    const std::string bytes = encode(ClassificationBatch::port, *predictions({0, 1}));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_THROWS_AS(decode(ClassificationBatch::port, bytes.substr(0, size), all, {}),
                        DataError);
    CHECK_THROWS_AS(decode(ClassificationBatch::port, bytes + "x", all, {}), DataError);
}

TEST_CASE("a model in a directory is told by its files, wherever they lie", "[cache]") {
    test::TempDir one;
    test::TempDir two;
    const auto model = [](const test::TempDir& folder) {
        auto payload = std::make_shared<DirectoryModel>();
        payload->directory = folder.path();
        return payload;
    };
    const auto of = [&](const test::TempDir& folder) {
        return digest_of(DirectoryModel::port, {model(folder)});
    };
    for (const auto* folder : {&one, &two}) folder->write("deep/weights", "1 2 3");
    CHECK(of(one) == of(two));
    const auto bytes = encode(DirectoryModel::port, *model(one));
    CHECK_NOTHROW(decode(DirectoryModel::port, bytes, all, two.path()));
    two.write("deep/weights", "1 2 4");
    CHECK(of(one) != of(two));
    CHECK_THROWS_AS(decode(DirectoryModel::port, bytes, all, two.path()), DataError);
}

}  // namespace
}  // namespace trommel
