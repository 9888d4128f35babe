// What answers hold in memory while somebody fetches them slowly.
#include "server/server_bench.hpp"
#include "server/wire/mask_cursor.hpp"
#include "trommel/core/random.hpp"

#include <catch2/catch.hpp>

namespace trommel::test {
namespace {

constexpr std::size_t many = 300'000;

/// A dataset of many samples with its initial tag and `count` tags of every other sample or so.
struct LargePool {
    LargePool(ServerBench& bench, std::size_t count) {
        dataset = bench.wait(bench.platform().create_dataset("large"));
        std::vector<std::string> names;
        for (std::size_t i = 0; i < many; ++i) names.push_back(fmt::format("{:06}.jpg", i));
        bench.wait(bench.platform().add_samples(dataset, std::move(names)));
        initial = bench.wait(bench.platform().create_initial_tag(dataset));
        Random random(1, 0, "masks");
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<std::uint64_t> words(many / 64);
            for (auto& word : words) word = random.next();
            NewTag tag;
            tag.name = fmt::format("tag-{}", i);
            tag.mask = BitMask::from_words(std::move(words));
            tag.previous = initial;
            tags.push_back(bench.wait(bench.platform().create_tag(dataset, std::move(tag))));
        }
        path = "/v1/datasets/" + dataset.text();
    }

    DatasetId dataset{};
    TagId initial{};
    std::vector<TagId> tags{};
    std::string path{};
};

}  // namespace

TEST_CASE("a mask is gone through without a list of its samples", "[server]") {
    Random random(1, 0, "cursor");
    std::vector<std::uint64_t> words(50);
    for (auto& word : words) word = random.below(3) == 0 ? random.next() : 0;
    words.back() = std::uint64_t{1} << 63;
    const auto mask = BitMask::from_words(words);
    const auto samples = mask.indices();
    server::MaskCursor all(mask);
    server::MaskCursor some(mask);
    REQUIRE(all.count() == samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        CHECK(all.at(i) == samples[i]);
        CHECK(all.at(i) == samples[i]);
        if (i % 37 == 5) CHECK(some.at(i) == samples[i]);
    }
}

TEST_CASE("of large tags, a list holds one at a time and says what each alone says", "[server]") {
    ServerBench bench;
    const LargePool pool(bench, 20);
    auto response = bench.ask(pool.path + "/tags");
    CHECK(response.body.held() < std::size_t{250} * 1024);

    const auto listed = boost::json::parse(bench.rest_of(response)).as_array();
    REQUIRE(listed.size() == 21);
    for (std::size_t i = 0; i < pool.tags.size(); ++i)
        CHECK(listed[i + 1] == bench.get(pool.path + "/tags/" + pool.tags[i].text()).json());
}

TEST_CASE("a tag that is deleted while the list is fetched is left out of it", "[server]") {
    ServerBench bench;
    const LargePool pool(bench, 5);
    auto response = bench.ask(pool.path + "/tags");
    std::string text = bench.next_of(response);
    bench.wait(bench.platform().delete_tag(pool.dataset, pool.tags[3]));
    bench.wait(bench.platform().delete_tag(pool.dataset, pool.tags[4]));
    text += bench.rest_of(response);

    const auto listed = boost::json::parse(text).as_array();
    REQUIRE(listed.size() == 4);
    CHECK(listed.back().at("name").as_string() == "tag-2");
}

TEST_CASE("names of a tag's samples hold its mask alone", "[server]") {
    ServerBench bench;
    const LargePool pool(bench, 1);
    for (const std::string& what :
         {std::string("/filenames"), std::string("/export/basic/filenames?format=JSON")}) {
        INFO(what);
        auto response = bench.ask(pool.path + "/tags/" + pool.tags[0].text() + what);
        REQUIRE(response.status == 200);
        CHECK(response.body.held() < std::size_t{40} * 1024);
        const auto names = boost::json::parse(bench.rest_of(response)).as_array();
        const Tag tag = bench.wait(bench.platform().tag(pool.dataset, pool.tags[0]));
        const auto samples = tag.mask.indices();
        REQUIRE(names.size() == samples.size());
        for (std::size_t i = 0; i < names.size(); i += 1001)
            CHECK(names[i].as_string() == fmt::format("{:06}.jpg", samples[i]));
    }
}

TEST_CASE("scores that several read at once are in memory once", "[server]") {
    ServerBench bench;
    const LargePool pool(bench, 0);
    bench.wait(
        bench.platform().upload_scores(pool.initial, "margin", std::vector<double>(many, 0.5)));
    const auto list = pool.path + "/tags/" + pool.initial.text() + "/scores";
    const auto id = std::string(bench.get(list).json().as_array()[0].at("id").as_string());
    auto first = bench.ask(list + "/" + id);
    auto second = bench.ask(list + "/" + id);
    CHECK(first.body.held() == many * sizeof(double));
    CHECK(second.body.held() == 0);
    CHECK(bench.rest_of(first) == bench.rest_of(second));
}

TEST_CASE("documents that are fetched count with their text", "[server]") {
    ServerBench bench;
    const Pool pool(bench);
    const std::string name(1000, 'a');
    std::string categories;
    for (int i = 1; i <= 100; ++i)
        categories +=
            (i == 1 ? "" : ",") + (R"({"id":)" + std::to_string(i) + R"(,"name":")") + name + "\"}";
    const auto body =
        R"({"name":"task","type":"CLASSIFICATION","categories":[)" + categories + "]}";
    REQUIRE(bench.post(pool.path + "/predictions/tasks", body).status == 201);
    CHECK(bench.ask(pool.path + "/predictions/tasks").body.held() >= 100 * name.size());
}

}  // namespace trommel::test
