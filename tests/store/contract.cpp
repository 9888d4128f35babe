#include "store/contract.hpp"

#include "store/rows.hpp"
#include "support/full_job.hpp"

namespace trommel::store {

namespace {

using Names = std::vector<std::string>;
using Reason = StoreError::Reason;

std::vector<double> rising(std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = 0.5 * static_cast<double>(i);
    return values;
}

Matrix grid(std::size_t rows, std::size_t cols) {
    Matrix matrix(rows, cols);
    float next = 0;
    for (auto& value : matrix.values()) value = next++;
    return matrix;
}

std::vector<std::string> names_of(const std::vector<Tag>& tags) {
    std::vector<std::string> names;
    for (const auto& tag : tags) names.push_back(tag.name);
    return names;
}

std::vector<std::string> types_of(const std::vector<Score>& scores) {
    std::vector<std::string> types;
    for (const auto& score : scores) types.push_back(score.type);
    return types;
}

void put(Store& store, const std::string& type, const std::vector<double>& values) {
    store.put_scores({.tag = TagId("initial-tag-id"), .type = type, .created_at = noon}, values);
}

}  // namespace

void check_datasets_and_samples(const OpenStore& open) {
    auto store = open();
    fill(*store);

    SECTION("what was written is there after reopening") {
        store.reset();
        store = open();
        CHECK(store->find_dataset("digits")->id == digits().id);
        CHECK(store->dataset(digits().id)->sample_count == 5);
        CHECK(store->dataset(digits().id)->created_at == noon);
        CHECK(store->samples(digits().id) == Names{"a", "b", "c", "d", "e"});
    }
    SECTION("what is not there is not found") {
        CHECK_FALSE(store->find_dataset("digit"));
        CHECK_FALSE(store->dataset(DatasetId("d2")));
        CHECK(refusal([&] { store->samples(DatasetId("d2")); }) == Reason::not_found);
        CHECK(refusal([&] { store->add_samples(DatasetId("d2"), Names{"x"}); }) ==
              Reason::not_found);
    }
    SECTION("two datasets cannot share a name but may share samples") {
        auto other = digits();
        other.id = DatasetId("d2");
        CHECK(refusal([&] { store->add_dataset(other); }) == Reason::exists);
        other.name = "more digits";
        store->add_dataset(other);
        store->add_samples(other.id, Names{"e", "a"});
        CHECK(store->samples(other.id) == Names{"e", "a"});
    }
    SECTION("names the dataset has keep their place and new ones follow") {
        store->add_samples(digits().id, Names{"z", "b", "a", "y"});
        CHECK(store->samples(digits().id) == Names{"a", "b", "c", "d", "e", "z", "y"});
        CHECK(store->dataset(digits().id)->sample_count == 7);
    }
    SECTION("a call with a new name twice adds nothing at all") {
        const auto add = [&] { store->add_samples(digits().id, Names{"x", "y", "x"}); };
        CHECK(refusal(add) == Reason::invalid);
        CHECK(store->samples(digits().id).size() == 5);
        CHECK(store->dataset(digits().id)->sample_count == 5);
    }
}

void check_tags(const OpenStore& open) {
    auto store = open();
    fill(*store);
    auto labeled = tag_named("labeled", mask_of({1, 3}));
    labeled.preselected = TagId("initial-tag-id");
    store->add_tag(labeled);

    SECTION("every field survives reopening") {
        store.reset();
        store = open();
        const auto tag = store->tag(labeled.id);
        REQUIRE(tag);
        CHECK(tag->dataset == labeled.dataset);
        CHECK(tag->name == "labeled");
        CHECK(tag->mask == labeled.mask);
        CHECK(tag->total == 5);
        CHECK(tag->previous == labeled.previous);
        CHECK(tag->query == std::nullopt);
        CHECK(tag->preselected == labeled.preselected);
        CHECK(tag->created_at == noon);
    }
    SECTION("tags are found by name and listed oldest first") {
        store->add_tag(tag_named("empty", BitMask()));
        CHECK(store->find_tag(digits().id, "empty")->mask.empty());
        CHECK_FALSE(store->find_tag(digits().id, "none"));
        CHECK_FALSE(store->tag(TagId("none")));
        CHECK(names_of(store->tags(digits().id)) == Names{"initial-tag", "labeled", "empty"});
    }
    SECTION("a name is given once") {
        auto other = labeled;
        other.id = TagId("other");
        CHECK(refusal([&] { store->add_tag(other); }) == Reason::exists);
    }
    SECTION("a tag of nowhere or grown from nothing is refused") {
        auto tag = tag_named("lost", BitMask());
        tag.previous = TagId("none");
        CHECK(refusal([&] { store->add_tag(tag); }) == Reason::not_found);
        tag.previous.reset();
        tag.dataset = DatasetId("none");
        CHECK(refusal([&] { store->add_tag(tag); }) == Reason::not_found);
    }
    SECTION("only a leaf can be deleted") {
        auto grown = tag_named("grown", mask_of({1, 3, 4}));
        grown.previous = labeled.id;
        store->add_tag(grown);
        CHECK(refusal([&] { store->delete_tag(labeled.id); }) == Reason::invalid);
        store->delete_tag(grown.id);
        store->delete_tag(labeled.id);
        CHECK(refusal([&] { store->delete_tag(labeled.id); }) == Reason::not_found);
        CHECK(refusal([&] { store->delete_tag(TagId("initial-tag-id")); }) == Reason::invalid);
    }
}

void check_embeddings_and_scores(const OpenStore& open) {
    auto store = open();
    fill(*store);

    SECTION("embeddings of many chunks come back as they were") {
        const auto rows = grid(70001, 3);
        const Embedding embedding{.id = EmbeddingId("e1"),
                                  .dataset = digits().id,
                                  .name = "first",
                                  .rows = rows.rows(),
                                  .dimensions = rows.cols(),
                                  .created_at = noon};
        store->add_embedding(embedding, rows);
        CHECK(refusal([&] { store->add_embedding(embedding, rows); }) == Reason::exists);
        store.reset();
        store = open();
        CHECK(store->embedding_rows(embedding.id) == rows);
        CHECK(store->embedding(embedding.id)->dimensions == 3);
        CHECK(store->embeddings(digits().id).size() == 1);
        CHECK(refusal([&] { store->embedding_rows(EmbeddingId("e2")); }) == Reason::not_found);
    }
    SECTION("a column of many chunks comes back as it was") {
        const auto values = rising(150001);
        put(*store, "margin", values);
        store.reset();
        store = open();
        CHECK(store->score_values(TagId("initial-tag-id"), "margin") == values);
        CHECK_FALSE(store->score_values(TagId("initial-tag-id"), "entropy"));
    }
    SECTION("scores put again replace the old ones and become the newest") {
        put(*store, "margin", {1, 2});
        put(*store, "entropy", {3});
        CHECK(types_of(store->scores(TagId("initial-tag-id"))) == Names{"margin", "entropy"});
        put(*store, "margin", {5, 6, 7});
        CHECK(types_of(store->scores(TagId("initial-tag-id"))) == Names{"entropy", "margin"});
        CHECK(store->score_values(TagId("initial-tag-id"), "margin") ==
              std::vector<double>{5, 6, 7});
    }
    SECTION("scores go with their tag") {
        store->add_tag(tag_named("labeled", mask_of({1})));
        const TagId id("labeled-id");
        store->put_scores({.tag = id, .type = "margin", .created_at = noon}, rising(1));
        store->delete_tag(id);
        CHECK(store->scores(id).empty());
        const auto again = [&] { store->put_scores({.tag = id, .type = "margin"}, rising(1)); };
        CHECK(refusal(again) == Reason::not_found);
    }
}

void check_jobs(const OpenStore& open) {
    auto store = open();
    fill(*store);
    const JobId id("j1");
    auto request = request_for("chosen");
    request.samples = 3;
    request.seed = 0xffffffffffffffff;
    request.round = 7;
    request.strategy = {"coral", {{"combine", "sum"}, {"score_strength", "-0.5"}}};
    request.similar_to = TagId("initial-tag-id");
    store->add_job(waiting_job(id, request));
    auto result = tag_named("chosen", mask_of({2, 4}));
    const std::vector<selection::Pick> picks{
        {.sample = 4, .score = 0.25, .distance = {}},
        {.sample = 2, .score = {}, .distance = 1.5, .nearest = 4}};
    const auto wanted = selection::StopReason::wanted;

    SECTION("a job that was not finished is found again after reopening") {
        store->mark_running(id);
        store.reset();
        store = open();
        CHECK(store->unfinished_jobs() == std::vector{id});
        const auto job = store->job(id);
        CHECK(job->state == JobState::running);
        CHECK(job->request.new_tag_name == "chosen");
        CHECK(job->request.samples == 3);
        CHECK(job->request.seed == 0xffffffffffffffff);
        CHECK(job->request.round == 7);
        CHECK(job->request.strategy == request.strategy);
        CHECK(job->request.similar_to == request.similar_to);
        CHECK(job->outcome.stop_reason == std::nullopt);
        CHECK(job->finished_at == std::nullopt);
        CHECK(job->request.embedding == std::nullopt);
    }
    SECTION("a finished job has its tag and its picks in order") {
        store->finish_job(id, result, picks, {.stop_reason = wanted, .recall = 0.96875});
        store.reset();
        store = open();
        CHECK(store->unfinished_jobs().empty());
        CHECK(store->job(id)->state == JobState::finished);
        CHECK(store->job(id)->result == result.id);
        CHECK(store->tag(result.id)->mask == result.mask);
        const auto read = store->picks(id);
        REQUIRE(read.size() == 2);
        CHECK(read[0].sample == 4);
        CHECK(read[0].score == 0.25);
        CHECK(read[0].distance == std::nullopt);
        CHECK(read[0].nearest == std::nullopt);
        CHECK(read[1].distance == 1.5);
        CHECK(read[1].nearest == 4U);
        CHECK(store->job(id)->outcome.stop_reason == wanted);
        CHECK(store->job(id)->outcome.recall == 0.96875);
        CHECK(store->job(id)->finished_at == result.created_at);
    }
    SECTION("the first end of a job appears") {
        store->fail_job(id, "no embeddings");
        store->finish_job(id, result, picks, {});
        CHECK(store->job(id)->state == JobState::failed);
        CHECK(store->job(id)->error == "no embeddings");
        CHECK(store->job(id)->finished_at > noon);
        CHECK_FALSE(store->tag(result.id));
    }
    SECTION("the name promised to a job is free again only once the job has failed") {
        CHECK(refusal([&] { store->add_tag(result); }) == Reason::exists);
        CHECK(refusal([&] { store->add_job(waiting_job(JobId("j2"), request)); }) ==
              Reason::exists);
        store->fail_job(id, "no embeddings");
        store->add_tag(result);
        CHECK(refusal([&] { store->add_job(waiting_job(JobId("j2"), request)); }) ==
              Reason::exists);
    }
    SECTION("a job that is not there has no picks") {
        CHECK_FALSE(store->job(JobId("j2")));
        CHECK(refusal([&] { store->picks(JobId("j2")); }) == Reason::not_found);
    }
}

void check_job_fields(const OpenStore& open) {
    auto store = open();
    fill(*store);
    put(*store, "margin", {1, 2, 3, 4, 5});
    put(*store, "blur", {0, 1, 0, 1, 0});
    const auto request = test::full_request(digits().id, TagId("initial-tag-id"));
    const auto outcome = test::full_outcome();
    store->add_job(waiting_job(JobId("j1"), request));
    store.reset();
    store = open();
    test::check_same(store->job(JobId("j1"))->request, request, request_fields);
    test::check_same(store->job(JobId("j1"))->outcome, SelectionOutcome(), outcome_fields);
    store->finish_job(JobId("j1"), tag_named("chosen", mask_of({2, 4})), {}, outcome);
    test::check_same(store->job(JobId("j1"))->outcome, outcome, outcome_fields);
}

void check_job_inputs(const OpenStore& open) {
    auto store = open();
    fill(*store);
    put(*store, "margin", {1, 2, 3, 4, 5});
    auto request = request_for("chosen");
    request.score_type = "margin";

    SECTION("a job reads the scores as they were when it was added") {
        store->add_job(waiting_job(JobId("j1"), request));
        put(*store, "margin", {9, 9, 9, 9, 9});
        put(*store, "margin", {8, 8, 8, 8, 8});
        CHECK(store->job_scores(JobId("j1")) == std::vector<double>{1, 2, 3, 4, 5});
        CHECK(store->scores(request.query).size() == 1);
        store->fail_job(JobId("j1"), "enough");
        CHECK(store->score_values(request.query, "margin") == std::vector<double>{8, 8, 8, 8, 8});
    }
    SECTION("it reads those that its goals and thresholds name as they were, too") {
        put(*store, "blur", {0, 1, 0, 1, 0});
        request.score_type.reset();
        request.strategy = {
            .name = "combined",
            .goals = selection::parse_goals_of_job({"diversity", "weights=margin^2"}),
            .thresholds = selection::parse_thresholds({"blur<=0.5", "margin>=2"})};
        request.proportion = 0.25;
        auto job = waiting_job(JobId("j1"), request);
        job.outcome.memory = 1U << 20U;
        store->add_job(job);
        put(*store, "margin", {9, 9, 9, 9, 9});
        const std::map<std::string, std::vector<double>> named{{"blur", {0, 1, 0, 1, 0}},
                                                               {"margin", {1, 2, 3, 4, 5}}};
        CHECK(store->job_named_scores(JobId("j1")) == named);
        const auto kept = store->job(JobId("j1"))->request;
        CHECK(kept.strategy == request.strategy);
        CHECK(kept.proportion == 0.25);
        CHECK(store->job(JobId("j1"))->outcome.memory == 1U << 20U);
        CHECK(store->job_scores(JobId("j1")).empty());
        store->fail_job(JobId("j1"), "enough");
        CHECK(store->score_values(request.query, "margin") == std::vector<double>{9, 9, 9, 9, 9});
        request.new_tag_name = "other";
        request.strategy.thresholds = selection::parse_thresholds({"entropy>=1"});
        CHECK(refusal([&] { store->add_job(waiting_job(JobId("j2"), request)); }) ==
              Reason::not_found);
    }
    SECTION("a job without scores reads none") {
        request.score_type.reset();
        store->add_job(waiting_job(JobId("j1"), request));
        CHECK(store->job_scores(JobId("j1")).empty());
    }
    SECTION("a job cannot name scores or tags that are not there") {
        request.score_type = "entropy";
        CHECK(refusal([&] { store->add_job(waiting_job(JobId("j1"), request)); }) ==
              Reason::not_found);
        request.score_type.reset();
        request.preselected = TagId("none");
        CHECK(refusal([&] { store->add_job(waiting_job(JobId("j1"), request)); }) ==
              Reason::not_found);
        CHECK(store->unfinished_jobs().empty());
    }
    SECTION("a tag stays as long as a job reads it") {
        store->add_tag(tag_named("labeled", mask_of({1})));
        request.preselected = TagId("labeled-id");
        store->add_job(waiting_job(JobId("j1"), request));
        CHECK(refusal([&] { store->delete_tag(TagId("labeled-id")); }) == Reason::invalid);
        store->fail_job(JobId("j1"), "enough");
        store->delete_tag(TagId("labeled-id"));
        CHECK_FALSE(store->tag(TagId("labeled-id")));
    }
}

void check_keys(const OpenStore& open) {
    auto store = open();
    fill(*store);
    const Score margin{.tag = TagId("initial-tag-id"), .type = "margin", .created_at = noon};
    const auto margins = [&] { return *store->score_values(margin.tag, "margin"); };

    SECTION("a job is found by its key after reopening, in whatever state it is") {
        auto request = request_for("chosen");
        request.key = "run 1 round 2";
        store->add_job(waiting_job(JobId("j1"), request));
        store->fail_job(JobId("j1"), "no embeddings");
        store.reset();
        store = open();
        CHECK(store->find_job(digits().id, "run 1 round 2")->id == JobId("j1"));
        CHECK(store->job(JobId("j1"))->request.key == "run 1 round 2");
        CHECK_FALSE(store->find_job(digits().id, "run 1 round 3"));
        CHECK_FALSE(store->find_job(DatasetId("d2"), "run 1 round 2"));
    }
    SECTION("a key has one job, no key has any number") {
        auto request = request_for("chosen");
        request.key = "k";
        store->add_job(waiting_job(JobId("j1"), request));
        request.new_tag_name = "chosen as well";
        CHECK(refusal([&] { store->add_job(waiting_job(JobId("j2"), request)); }) ==
              Reason::exists);
        store->add_job(waiting_job(JobId("j3"), request_for("third")));
        store->add_job(waiting_job(JobId("j4"), request_for("fourth")));
        CHECK(store->unfinished_jobs().size() == 3);
    }
    SECTION("scores put again with their key are not put, even after others or reopening") {
        store->put_scores(margin, std::vector<double>{1, 2}, "first");
        store->put_scores(margin, std::vector<double>{3, 4}, "first");
        CHECK(margins() == std::vector<double>{1, 2});
        store->put_scores(margin, std::vector<double>{5, 6}, "second");
        store.reset();
        store = open();
        store->put_scores(margin, std::vector<double>{1, 2}, "first");
        CHECK(margins() == std::vector<double>{5, 6});
    }
    SECTION("a key of scores counts for one tag and type") {
        store->add_tag(tag_named("labeled", mask_of({1})));
        const Score other{.tag = TagId("labeled-id"), .type = "margin", .created_at = noon};
        store->put_scores(margin, std::vector<double>{1, 2}, "k");
        store->put_scores(other, std::vector<double>{3}, "k");
        put(*store, "entropy", {4});
        CHECK(store->score_values(other.tag, "margin") == std::vector<double>{3});
        store->delete_tag(other.tag);
        store->add_tag(tag_named("labeled", mask_of({1})));
        store->put_scores(other, std::vector<double>{5}, "k");
        CHECK(store->score_values(other.tag, "margin") == std::vector<double>{5});
    }
    SECTION("an upload that was refused has not used its key") {
        const Score lost{.tag = TagId("none"), .type = "margin", .created_at = noon};
        CHECK(refusal([&] { store->put_scores(lost, std::vector<double>{1}, "k"); }) ==
              Reason::not_found);
        store->put_scores(margin, std::vector<double>{2}, "k");
        CHECK(margins() == std::vector<double>{2});
    }
}

}  // namespace trommel::store
