#include "platform/contract.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::test {

namespace {

using Names = std::vector<std::string>;
using Reason = PlatformError::Reason;

const Names letters{"a", "b", "c", "d", "e", "f"};

Names names_of(const std::vector<Tag>& tags) {
    Names names;
    for (const auto& tag : tags) names.push_back(tag.name);
    return names;
}

Names types_of(const std::vector<Score>& scores) {
    Names types;
    for (const auto& score : scores) types.push_back(score.type);
    return types;
}

}  // namespace

JobStatus PlatformBench::ended(const JobId& job) {
    for (;;) {
        auto status = wait(platform().job(job));
        CHECK(status.poll_after > std::chrono::microseconds(0));
        if (status.state == JobState::finished || status.state == JobState::failed) return status;
    }
}

BitMask mask_of(std::vector<SampleIndex> samples) { return BitMask::of(samples); }

std::vector<SampleIndex> samples_of(const std::vector<Pick>& picks) {
    std::vector<SampleIndex> samples;
    for (const auto& pick : picks) samples.push_back(pick.sample);
    return samples;
}

Line make_line(PlatformBench& bench) {
    Line line;
    line.dataset = bench.wait(bench->create_dataset("line"));
    bench.wait(bench->add_samples(line.dataset, letters));
    line.all = bench.wait(bench->create_initial_tag(line.dataset));
    auto rows = std::make_shared<const Matrix>(Matrix{{0}, {1}, {2}, {10}, {11}, {20}});
    line.embedding = bench.wait(bench->upload_embeddings(line.dataset, "positions", rows));
    return line;
}

SamplingRequest request_on(const Line& line, std::string new_tag, std::size_t samples) {
    return {.dataset = line.dataset,
            .new_tag_name = std::move(new_tag),
            .query = line.all,
            .samples = samples};
}

Tag select(PlatformBench& bench, const SamplingRequest& request) {
    const auto status = bench.ended(bench.wait(bench->sample(request)));
    CHECK(status.error == "");
    REQUIRE(status.state == JobState::finished);
    return bench.wait(bench->tag(request.dataset, *status.result));
}

void check_datasets(PlatformBench& bench) {
    const auto id = bench.wait(bench->create_dataset("road signs"));

    SECTION("a dataset is found by its whole name") {
        CHECK(bench.wait(bench->find_dataset("road signs"))->id == id);
        CHECK(bench.wait(bench->dataset(id)).name == "road signs");
        CHECK_FALSE(bench.wait(bench->find_dataset("road")));
        CHECK(refusal(bench, bench->dataset(DatasetId("5f0000000000000000000000"))).reason() ==
              Reason::not_found);
    }
    SECTION("a name is given once and keeps Lightly's rule") {
        CHECK(refusal(bench, bench->create_dataset("road signs")).reason() == Reason::exists);
        for (const auto* bad : {"",
                                "ab",
                                "-road",
                                "road.signs",
                                "road\nsigns",
                                "stra\xc3\x9f"
                                "e"})
            CHECK(refusal(bench, bench->create_dataset(bad)).reason() == Reason::invalid);
        bench.wait(bench->create_dataset("0_-"));
    }
    SECTION("samples keep the order in which they first came") {
        bench.wait(bench->add_samples(id, {"b", "a"}));
        bench.wait(bench->add_samples(id, {"c", "a", "d"}));
        CHECK(*bench.wait(bench->mappings(id)) == Names{"b", "a", "c", "d"});
        bench.wait(bench->add_samples(id, {"e"}));
        CHECK(bench.wait(bench->mappings(id))->back() == "e");
        CHECK(bench.wait(bench->dataset(id)).sample_count == 5);
    }
    SECTION("a sample twice in one call is refused by name and nothing is added") {
        const auto error = refusal(bench, bench->add_samples(id, {"a", "b", "a"}));
        CHECK(error.reason() == Reason::invalid);
        CHECK_THAT(error.what(), Catch::Contains("'a'"));
        CHECK(refusal(bench, bench->add_samples(id, {"a", ""})).reason() == Reason::invalid);
        CHECK(bench.wait(bench->mappings(id))->empty());
    }
    SECTION("datasets are listed, oldest first") {
        bench.wait(bench->create_dataset("bus stops"));
        bench.wait(bench->add_samples(id, {"a", "b"}));
        const auto all = bench.wait(bench->datasets());
        REQUIRE(all.size() == 2);
        CHECK(all[0].id == id);
        CHECK(all[0].sample_count == 2);
        CHECK(all[1].name == "bus stops");
    }
    SECTION("a dataset takes another name by the same rules") {
        bench.wait(bench->create_dataset("bus stops"));
        bench.wait(bench->rename_dataset(id, "signs"));
        bench.wait(bench->rename_dataset(id, "signs"));
        CHECK(bench.wait(bench->dataset(id)).name == "signs");
        CHECK(!bench.wait(bench->find_dataset("road signs")));
        CHECK(refusal(bench, bench->rename_dataset(id, "bus stops")).reason() == Reason::exists);
        CHECK(refusal(bench, bench->rename_dataset(id, "a.b.c")).reason() == Reason::invalid);
        const DatasetId none("5f0000000000000000000000");
        CHECK(refusal(bench, bench->rename_dataset(none, "none")).reason() == Reason::not_found);
    }
    SECTION("a sample is found by its name, and a name by its sample") {
        bench.wait(bench->add_samples(id, {"b", "a&c=\xc3\xa9?", "+ %"}));
        CHECK(bench.wait(bench->find_sample(id, "a&c=\xc3\xa9?")) == SampleIndex{1});
        CHECK(bench.wait(bench->find_sample(id, "+ %")) == SampleIndex{2});
        CHECK(!bench.wait(bench->find_sample(id, "a")));
        CHECK(bench.wait(bench->sample_name(id, 1)) == "a&c=\xc3\xa9?");
        CHECK(!bench.wait(bench->sample_name(id, 3)));
        const DatasetId none("5f0000000000000000000000");
        CHECK(refusal(bench, bench->find_sample(none, "b")).reason() == Reason::not_found);
        CHECK(refusal(bench, bench->sample_name(none, 0)).reason() == Reason::not_found);
    }
}

void check_deletions(PlatformBench& bench) {
    const auto line = make_line(bench);

    SECTION("a dataset goes with all that is its own, and its name is free") {
        const auto kept = bench.wait(bench->create_dataset("kept"));
        bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
        const auto job = bench.wait(bench->sample(request_on(line, "chosen", 3)));
        bench.ended(job);
        CHECK(bench.wait(bench->mappings(line.dataset))->size() == 6);

        bench.wait(bench->delete_dataset(line.dataset));

        const auto unknown = [&](auto call) {
            return refusal(bench, std::move(call)).reason() == Reason::not_found;
        };
        CHECK(unknown(bench->dataset(line.dataset)));
        CHECK(unknown(bench->mappings(line.dataset)));
        CHECK(unknown(bench->tags(line.dataset)));
        CHECK(unknown(bench->tag(line.all)));
        CHECK(unknown(bench->job(job)));
        CHECK(unknown(bench->delete_dataset(line.dataset)));
        CHECK(bench.wait(bench->jobs()).empty());
        REQUIRE(bench.wait(bench->datasets()).size() == 1);
        CHECK(bench.wait(bench->datasets())[0].id == kept);
        bench.wait(bench->create_dataset("line"));
    }
    SECTION("embeddings are deleted, and their name is free") {
        bench.wait(bench->delete_embedding(line.dataset, line.embedding));
        CHECK(bench.wait(bench->embeddings(line.dataset)).empty());
        CHECK(refusal(bench, bench->embedding(line.dataset, line.embedding)).reason() ==
              Reason::not_found);
        CHECK(refusal(bench, bench->delete_embedding(line.dataset, line.embedding)).reason() ==
              Reason::not_found);
        auto rows = std::make_shared<const Matrix>(Matrix(6, 2));
        bench.wait(bench->upload_embeddings(line.dataset, "positions", rows));
    }
}

void check_tags(PlatformBench& bench) {
    const auto line = make_line(bench);
    const auto create = [&](std::string name, BitMask mask, std::optional<TagId> previous = {}) {
        NewTag tag{.name = std::move(name), .mask = std::move(mask), .previous = previous};
        return bench->create_tag(line.dataset, std::move(tag));
    };

    SECTION("the initial tag holds all samples and grew from none") {
        const auto tag = bench.wait(bench->find_tag(line.dataset, "initial-tag"));
        REQUIRE(tag);
        CHECK(tag->id == line.all);
        CHECK(tag->mask == BitMask::first(6));
        CHECK(tag->total == 6);
        CHECK(tag->previous == std::nullopt);
        CHECK(refusal(bench, bench->create_initial_tag(line.dataset)).reason() == Reason::exists);
    }
    SECTION("a new tag grew from the initial tag unless told otherwise") {
        const auto one = bench.wait(create("one", mask_of({5})));
        const auto two = bench.wait(create("two", mask_of({5, 0}), one));
        CHECK(bench.wait(bench->tag(line.dataset, one)).previous == line.all);
        CHECK(bench.wait(bench->tag(line.dataset, two)).previous == one);
        CHECK(bench.wait(bench->tag(line.dataset, two)).mask == mask_of({0, 5}));
        CHECK(names_of(bench.wait(bench->tags(line.dataset))) ==
              Names{"initial-tag", "one", "two"});
    }
    SECTION("a name is given once and keeps Lightly's rule") {
        bench.wait(create("a=1; b@c:2.0", BitMask()));
        CHECK(refusal(bench, create("a=1; b@c:2.0", mask_of({0}))).reason() == Reason::exists);
        for (const auto* bad : {"", "ab", ".one", "one/two", "one\ttwo"})
            CHECK(refusal(bench, create(bad, BitMask())).reason() == Reason::invalid);
    }
    SECTION("a tag holds samples of its dataset only and grows from a tag of its dataset") {
        CHECK(refusal(bench, create("beyond", mask_of({6}))).reason() == Reason::invalid);
        const auto other = bench.wait(bench->create_dataset("other"));
        bench.wait(bench->add_samples(other, {"a"}));
        const auto elsewhere = bench.wait(bench->create_initial_tag(other));
        CHECK(refusal(bench, create("grown", mask_of({0}), elsewhere)).reason() ==
              Reason::not_found);
        CHECK(refusal(bench, bench->tag(line.dataset, elsewhere)).reason() == Reason::not_found);
    }
    SECTION("a tag is found without its dataset") {
        CHECK(bench.wait(bench->tag(line.all)).name == "initial-tag");
        CHECK(bench.wait(bench->tag(line.all)).dataset == line.dataset);
        CHECK(refusal(bench, bench->tag(TagId("5f0000000000000000000000"))).reason() ==
              Reason::not_found);
    }
    SECTION("a tag takes another name and other samples by the rules of a new one") {
        const auto one = bench.wait(create("one", mask_of({5})));
        bench.wait(create("two", mask_of({0})));
        const auto change = [&](TagId id, std::string name, std::optional<BitMask> mask = {}) {
            return bench->change_tag(line.dataset, id, std::move(name), std::move(mask));
        };
        bench.wait(change(one, "renamed"));
        CHECK(bench.wait(bench->tag(line.dataset, one)).name == "renamed");
        CHECK(bench.wait(bench->tag(line.dataset, one)).mask == mask_of({5}));
        bench.wait(change(one, "renamed", mask_of({1, 4})));
        CHECK(bench.wait(bench->tag(line.dataset, one)).mask == mask_of({1, 4}));
        CHECK(refusal(bench, change(one, "two")).reason() == Reason::exists);
        CHECK(refusal(bench, change(one, "a/b/c")).reason() == Reason::invalid);
        CHECK(refusal(bench, change(one, "renamed", mask_of({6}))).reason() == Reason::invalid);
        CHECK(refusal(bench, change(line.all, "all")).reason() == Reason::invalid);
        CHECK(refusal(bench, change(line.all, "initial-tag", mask_of({1}))).reason() ==
              Reason::invalid);
        CHECK(refusal(bench, change(TagId("5f0000000000000000000000"), "none")).reason() ==
              Reason::not_found);
    }
    SECTION("the initial tag grows, and the samples that are new get a tag") {
        bench.wait(bench->add_samples(line.dataset, {"g", "h"}));
        const auto added = bench.wait(bench->grow_tags(line.dataset, "added"));
        CHECK(bench.wait(bench->tag(line.dataset, added)).name == "added");
        CHECK(bench.wait(bench->tag(line.dataset, added)).mask == mask_of({6, 7}));
        CHECK(bench.wait(bench->tag(line.dataset, added)).previous == line.all);
        CHECK(bench.wait(bench->tag(line.dataset, line.all)).mask == BitMask::first(8));
        CHECK(refusal(bench, bench->grow_tags(line.dataset, "added")).reason() == Reason::exists);
        CHECK(refusal(bench, bench->grow_tags(line.dataset, "")).reason() == Reason::invalid);
        const auto empty = bench.wait(bench->create_dataset("empty"));
        CHECK(refusal(bench, bench->grow_tags(empty, "added")).reason() == Reason::not_found);
    }
    SECTION("only leaves can be deleted") {
        const auto one = bench.wait(create("one", mask_of({5})));
        const auto two = bench.wait(create("two", mask_of({5, 0}), one));
        CHECK(refusal(bench, bench->delete_tag(line.dataset, one)).reason() == Reason::invalid);
        CHECK(refusal(bench, bench->delete_tag(line.dataset, line.all)).reason() ==
              Reason::invalid);
        bench.wait(bench->delete_tag(line.dataset, two));
        bench.wait(bench->delete_tag(line.dataset, one));
        CHECK_FALSE(bench.wait(bench->find_tag(line.dataset, "one")));
    }
    SECTION("a dataset without an initial tag cannot have others") {
        const auto empty = bench.wait(bench->create_dataset("empty"));
        NewTag tag{.name = "one", .mask = {}, .previous = {}};
        CHECK(refusal(bench, bench->create_tag(empty, tag)).reason() == Reason::not_found);
    }
}

void check_embeddings(PlatformBench& bench) {
    const auto line = make_line(bench);
    const auto upload = [&](std::string name, const Matrix& rows) {
        return bench->upload_embeddings(
            line.dataset, std::move(name), std::make_shared<const Matrix>(rows));
    };

    SECTION("embeddings come back as they were and are listed oldest first") {
        const Matrix plane{{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11}};
        const auto id = bench.wait(upload("plane", plane));
        CHECK(*bench.wait(bench->embedding(line.dataset, id)) == plane);
        const auto all = bench.wait(bench->embeddings(line.dataset));
        REQUIRE(all.size() == 2);
        CHECK(all[0].name == "positions");
        CHECK(all[1].id == id);
        CHECK(all[1].dimensions == 2);
    }
    SECTION("every sample has one finite row") {
        CHECK(refusal(bench, upload("short", {{0}, {1}})).reason() == Reason::invalid);
        CHECK(refusal(bench, upload("flat", Matrix(6, 0))).reason() == Reason::invalid);
        const auto nan = std::numeric_limits<float>::quiet_NaN();
        const auto error = refusal(bench, upload("bad", {{0}, {1}, {nan}, {3}, {4}, {5}}));
        CHECK(error.reason() == Reason::invalid);
        CHECK_THAT(error.what(), Catch::Contains("'c'"));
    }
    SECTION("a name is given once") {
        CHECK(refusal(bench, upload("positions", Matrix(6, 1))).reason() == Reason::exists);
    }
    SECTION("embeddings that were announced come by that id") {
        const auto id = bench.wait(bench->announce_embeddings(line.dataset, "announced"));
        CHECK(bench.wait(bench->embeddings(line.dataset)).size() == 1);
        auto rows = std::make_shared<const Matrix>(Matrix{{1}, {2}, {3}, {4}, {5}, {6}});
        CHECK(bench.wait(bench->upload_embeddings(line.dataset, "announced", rows, id)) == id);
        CHECK(*bench.wait(bench->embedding(line.dataset, id)) == *rows);
        CHECK(bench.wait(bench->embeddings(line.dataset)).back().id == id);
        CHECK(refusal(bench, bench->announce_embeddings(line.dataset, "announced")).reason() ==
              Reason::exists);
        CHECK(refusal(bench, bench->upload_embeddings(line.dataset, "announced", rows, id))
                  .reason() == Reason::exists);
        const DatasetId none("5f0000000000000000000000");
        CHECK(refusal(bench, bench->announce_embeddings(none, "x")).reason() == Reason::not_found);
    }
    SECTION("embeddings belong to their dataset") {
        const auto other = bench.wait(bench->create_dataset("other"));
        CHECK(refusal(bench, bench->embedding(other, line.embedding)).reason() ==
              Reason::not_found);
    }
}

void check_scores(PlatformBench& bench) {
    const auto line = make_line(bench);

    SECTION("scores come back as they were and are listed newest last") {
        bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
        bench.wait(bench->upload_scores(line.all, "entropy", std::vector<double>(6, 1.0 / 3)));
        CHECK(bench.wait(bench->score_values(line.all, "margin")) == shuffled());
        CHECK(types_of(bench.wait(bench->scores(line.all))) == Names{"margin", "entropy"});
    }
    SECTION("scores of a type are replaced when they are posted again") {
        bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
        bench.wait(bench->upload_scores(line.all, "margin", std::vector<double>(6, 0.5)));
        CHECK(bench.wait(bench->score_values(line.all, "margin")) == std::vector<double>(6, 0.5));
        CHECK(bench.wait(bench->scores(line.all)).size() == 1);
    }
    SECTION("a tag takes one finite score for each of its samples") {
        const auto few = refusal(bench, bench->upload_scores(line.all, "margin", {1, 2}));
        CHECK(few.reason() == Reason::invalid);
        CHECK_THAT(few.what(), Catch::Contains("6 samples but 2 scores"));

        NewTag two{.name = "two", .mask = mask_of({3, 5}), .previous = {}};
        const auto tag = bench.wait(bench->create_tag(line.dataset, two));
        for (const auto bad :
             {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            const auto error = refusal(bench, bench->upload_scores(tag, "margin", {0.5, bad}));
            CHECK(error.reason() == Reason::invalid);
            CHECK_THAT(error.what(), Catch::Contains("'f'"));
        }
    }
    SECTION("what is not there is not found") {
        CHECK(refusal(bench, bench->score_values(line.all, "margin")).reason() ==
              Reason::not_found);
        const TagId none("5f0000000000000000000000");
        CHECK(refusal(bench, bench->scores(none)).reason() == Reason::not_found);
        CHECK(refusal(bench, bench->upload_scores(none, "margin", {})).reason() ==
              Reason::not_found);
    }
    SECTION("a score type keeps Lightly's rule") {
        bench.wait(bench->upload_scores(line.all, "v1.0/margin@x", shuffled()));
        for (const auto* bad : {"", "the margin"})
            CHECK(refusal(bench, bench->upload_scores(line.all, bad, shuffled())).reason() ==
                  Reason::invalid);
    }
}

}  // namespace trommel::test
