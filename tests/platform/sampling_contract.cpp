#include "platform/cloud.hpp"
#include "platform/contract.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <set>

namespace trommel::test {

namespace {

using Reason = PlatformError::Reason;

JobId finished(PlatformBench& bench, const SamplingRequest& request) {
    const auto job = bench.wait(bench->sample(request));
    REQUIRE(bench.ended(job).state == JobState::finished);
    return job;
}

}  // namespace

void check_selections(PlatformBench& bench) {
    const auto line = make_line(bench);
    NewTag first{.name = "first", .mask = mask_of({0}), .previous = {}};
    const auto preselected = bench.wait(bench->create_tag(line.dataset, first));
    auto request = request_on(line, "chosen", 3);
    request.preselected = preselected;

    SECTION("CORESET takes what is farthest from all that is chosen") {
        const auto job = bench.wait(bench->sample(request));
        const auto tag = bench.wait(bench->tag(line.dataset, *bench.ended(job).result));
        CHECK(tag.name == "chosen");
        CHECK(tag.mask == mask_of({0, 3, 5}));
        CHECK(tag.previous == preselected);
        CHECK(tag.preselected == preselected);
        CHECK(tag.query == line.all);
        const auto picks = bench.wait(bench->picks(job));
        CHECK(samples_of(picks) == std::vector<SampleIndex>{5, 3});
        CHECK(picks[0].distance == Approx(20));
        CHECK(picks[1].distance == Approx(10));
    }
    SECTION("without preselected samples the result grew from the initial tag") {
        request.preselected.reset();
        const auto tag = select(bench, request);
        CHECK(tag.mask.count() == 3);
        CHECK(tag.previous == line.all);
        CHECK(tag.preselected == std::nullopt);
    }
    SECTION("the size of the result includes what was preselected") {
        request.samples = 1;
        CHECK(select(bench, request).mask == mask_of({0}));
        request.samples = 0;
        request.new_tag_name = "chosen again";
        CHECK(select(bench, request).mask == mask_of({0}));
    }
    SECTION("without a bound all are chosen, with min_distance only those far enough apart") {
        request.samples.reset();
        CHECK(select(bench, request).mask == BitMask::first(6));
        request.new_tag_name = "far apart";
        request.min_distance = 5;
        CHECK(select(bench, request).mask == mask_of({0, 3, 5}));
    }
    SECTION("ACTIVE_LEARNING takes the highest of the newest scores, or of those named") {
        bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
        bench.wait(bench->upload_scores(line.all, "entropy", {0, 0, 0, 0, 1, 2}));
        request.strategy.name = "active_learning";
        CHECK(select(bench, request).mask == mask_of({0, 4, 5}));
        request.score_type = "margin";
        request.new_tag_name = "by margin";
        CHECK(select(bench, request).mask == mask_of({0, 1, 3}));
    }
    SECTION("scores belong to the samples of the query tag, whichever of them are preselected") {
        NewTag some{.name = "some", .mask = mask_of({0, 1, 4, 5}), .previous = {}};
        request.query = bench.wait(bench->create_tag(line.dataset, some));
        request.strategy.name = "active_learning";
        request.samples = 2;
        bench.wait(bench->upload_scores(request.query, "margin", {9, 1, 3, 2}));
        const auto job = bench.wait(bench->sample(request));
        REQUIRE(bench.ended(job).state == JobState::finished);
        const auto picks = bench.wait(bench->picks(job));
        REQUIRE(samples_of(picks) == std::vector<SampleIndex>{4});
        CHECK(picks[0].score == 3);
    }
    SECTION("a strategy does as it is told, and its picks know what they are near to") {
        request.strategy = {"coreset", {{"first", "centroid"}}};
        request.preselected.reset();
        const auto job = bench.wait(bench->sample(request));
        CHECK(bench.ended(job).outcome.stop_reason == selection::StopReason::wanted);
        const auto picks = bench.wait(bench->picks(job));
        REQUIRE(picks.size() == 3);
        CHECK(picks[0].sample == 3);
        CHECK(picks[0].nearest == std::nullopt);
        CHECK(picks[1].nearest == 3U);
    }
    SECTION("similarity takes what is near to the samples of a tag") {
        NewTag end{.name = "end", .mask = mask_of({5}), .previous = {}};
        request.similar_to = bench.wait(bench->create_tag(line.dataset, end));
        request.strategy.name = "similarity";
        request.samples = 2;
        CHECK(select(bench, request).mask.count() == 2);
    }
    SECTION("a strategy uses the score that it is named after") {
        bench.wait(bench->upload_scores(line.all, "uncertainty_entropy", {0, 0, 0, 0, 1, 2}));
        request.strategy.name = "margin";
        CHECK_THAT(refusal(bench, bench->sample(request)).what(),
                   Catch::Contains("has no scores 'uncertainty_margin', which margin uses"));
        bench.wait(bench->upload_scores(line.all, "uncertainty_margin", shuffled()));
        bench.wait(bench->upload_scores(line.all, "other", {0, 0, 0, 0, 1, 2}));
        CHECK(select(bench, request).mask == mask_of({0, 1, 3}));
        request.score_type = "other";
        request.new_tag_name = "by another";
        CHECK(select(bench, request).mask == mask_of({0, 4, 5}));
    }
    SECTION("a proportion is of the samples that are not preselected, rounded up") {
        request.samples.reset();
        request.proportion = 0.3;
        const auto job = bench.wait(bench->sample(request));
        CHECK(bench.ended(job).outcome.stop_reason == selection::StopReason::wanted);
        CHECK(samples_of(bench.wait(bench->picks(job))) == std::vector<SampleIndex>{5, 3});
        request.samples = 2;
        request.new_tag_name = "one at most";
        CHECK(select(bench, request).mask == mask_of({0, 5}));
    }
    SECTION("thresholds leave out samples by scores, whatever the strategy") {
        bench.wait(bench->upload_scores(line.all, "blur", {0, 0, 0.5, 0, 0.5, 0.9}));
        request.strategy.thresholds = selection::parse_thresholds({"blur<=0.5"});
        CHECK(select(bench, request).mask == mask_of({0, 2, 4}));
        request.strategy.thresholds = selection::parse_thresholds({"blur<=0.5", "blur>=0.1"});
        request.samples = 6;
        request.new_tag_name = "all within";
        const auto job = bench.wait(bench->sample(request));
        CHECK(bench.ended(job).outcome.stop_reason == selection::StopReason::threshold);
        CHECK(samples_of(bench.wait(bench->picks(job))) == std::vector<SampleIndex>{4, 2});
    }
    SECTION("goals are multiplied, each to its strength") {
        bench.wait(bench->upload_scores(line.all, "worth", {1, 1, 1, 1, 100, 1}));
        request.strategy = {.name = "combined",
                            .goals = selection::parse_goals_of_job({"diversity", "weights=worth"})};
        request.samples = 2;
        CHECK(select(bench, request).mask == mask_of({0, 4}));
        request.strategy.goals = selection::parse_goals_of_job({"diversity", "weights=worth^-1"});
        request.new_tag_name = "the other way";
        CHECK(select(bench, request).mask == mask_of({0, 5}));
        NewTag end{.name = "end", .mask = mask_of({5}), .previous = {}};
        request.similar_to = bench.wait(bench->create_tag(line.dataset, end));
        request.strategy.goals = selection::parse_goals_of_job({"similarity^2", "weights=worth"});
        request.new_tag_name = "near to the end";
        CHECK(select(bench, request).mask == mask_of({0, 4}));
    }
    SECTION("balance is between scores, and counts what is preselected") {
        bench.wait(bench->upload_scores(line.all, "day", {1, 1, 1, 1, 0, 0}));
        bench.wait(bench->upload_scores(line.all, "night", {0, 0, 0, 0, 1, 1}));
        request.strategy = {.name = "balance",
                            .goals = selection::parse_goals_of_job({"balance=day+night"})};
        CHECK(samples_of(bench.wait(bench->picks(finished(bench, request)))) ==
              std::vector<SampleIndex>{4, 1});
        request.strategy.goals = selection::parse_goals_of_job({"balance=day:3+night"});
        request.new_tag_name = "three to one";
        CHECK(samples_of(bench.wait(bench->picks(finished(bench, request)))) ==
              std::vector<SampleIndex>{1, 4});
        request.strategy = {
            .name = "combined",
            .goals = selection::parse_goals_of_job({"diversity", "balance=day+night"})};
        request.new_tag_name = "and far apart";
        CHECK(select(bench, request).mask == mask_of({0, 3, 5}));
        request.strategy.goals = selection::parse_goals_of_job({"balance=day+dusk"});
        request.new_tag_name = "of what is not there";
        CHECK_THAT(refusal(bench, bench->sample(request)).what(),
                   Catch::Contains("has no scores 'dusk', which a goal or threshold names"));
    }
    SECTION("a job says which share an approximate search found, and an exact one nothing") {
        auto far = request_on(make_cloud(bench, 10'100), "typical", 2);
        far.strategy = {"typicality", {{"probes", "1"}, {"search", "approximate"}}};
        const auto recall = bench.ended(bench.wait(bench->sample(far))).outcome.recall;
        REQUIRE(recall);
        CHECK(*recall > 0.05);
        CHECK(*recall < 0.95);
        request.strategy.name = "typicality";
        CHECK(bench.ended(bench.wait(bench->sample(request))).outcome.recall == std::nullopt);
    }
    SECTION("what stopped a selection is known") {
        const auto stop_reason = [&] {
            return bench.ended(bench.wait(bench->sample(request))).outcome.stop_reason;
        };
        request.samples = 100;
        CHECK(stop_reason() == selection::StopReason::none_left);
        request.min_distance = 5;
        request.new_tag_name = "far apart";
        CHECK(stop_reason() == selection::StopReason::min_distance);
    }
    SECTION("RANDOM takes distinct samples and the same ones for the same seed and round") {
        request.strategy.name = "random";
        request.samples = 4;
        request.seed = 7;
        const auto tag = select(bench, request);
        CHECK(tag.mask.count() == 4);
        CHECK(tag.mask.contains(0));
        request.new_tag_name = "chosen again";
        CHECK(select(bench, request).mask == tag.mask);
    }
}

void check_jobs(PlatformBench& bench) {
    const auto line = make_line(bench);

    SECTION("many jobs at once all end, each with its own tag") {
        std::vector<JobId> jobs;
        for (int i = 0; i < 8; ++i)
            jobs.push_back(
                bench.wait(bench->sample(request_on(line, "tag " + std::to_string(i), 3))));
        std::set<TagId> results;
        for (const auto& job : jobs) results.insert(*bench.ended(job).result);
        CHECK(results.size() == 8);
    }
    SECTION("the name of the new tag is taken as soon as it is asked for") {
        const auto job = bench.wait(bench->sample(request_on(line, "chosen", 3)));
        CHECK(refusal(bench, bench->sample(request_on(line, "chosen", 3))).reason() ==
              Reason::exists);
        bench.ended(job);
        CHECK(refusal(bench, bench->sample(request_on(line, "chosen", 3))).reason() ==
              Reason::exists);
    }
    SECTION("jobs are listed, oldest first, and say whose they are and when they ended") {
        const auto first = bench.wait(bench->sample(request_on(line, "first", 3)));
        const auto end = bench.ended(first);
        CHECK(end.dataset == line.dataset);
        CHECK(end.created_at > Timestamp());
        REQUIRE(end.finished_at);
        CHECK(*end.finished_at >= end.created_at);
        auto request = request_on(line, "second", 3);
        request.strategy.name = "random";
        bench.ended(bench.wait(bench->sample(request)));

        const auto jobs = bench.wait(bench->jobs());
        REQUIRE(jobs.size() == 2);
        CHECK(jobs[0].id == first);
        CHECK(jobs[1].dataset == line.dataset);
        CHECK(jobs[1].state == JobState::finished);
        CHECK(jobs[0].created_at == end.created_at);
        CHECK(jobs[0].finished_at == end.finished_at);
    }
    SECTION("what is not there is not found") {
        const JobId none("5f0000000000000000000000");
        CHECK(refusal(bench, bench->job(none)).reason() == Reason::not_found);
        CHECK(refusal(bench, bench->picks(none)).reason() == Reason::not_found);
    }
}

void check_requests(PlatformBench& bench) {
    const auto line = make_line(bench);
    auto request = request_on(line, "chosen", 3);
    const auto reason = [&] { return refusal(bench, bench->sample(request)).reason(); };

    SECTION("tags of other datasets are refused") {
        const auto other = bench.wait(bench->create_dataset("other"));
        bench.wait(bench->add_samples(other, {"a"}));
        const auto elsewhere = bench.wait(bench->create_initial_tag(other));
        request.query = elsewhere;
        CHECK(reason() == Reason::not_found);
        request.query = line.all;
        request.preselected = elsewhere;
        CHECK(reason() == Reason::not_found);
    }
    SECTION("methods that use scores need some") {
        for (const auto method : {"coral", "active_learning"}) {
            request.strategy.name = method;
            CHECK(reason() == Reason::not_found);
        }
        bench.wait(bench->upload_scores(line.all, "margin", shuffled()));
        request.score_type = "entropy";
        CHECK(reason() == Reason::not_found);
        request.score_type = "margin";
        CHECK(select(bench, request).mask.count() == 3);
    }
    SECTION("goals and thresholds use scores that are there") {
        request.strategy.thresholds = selection::parse_thresholds({"blur<=0.5"});
        CHECK(reason() == Reason::not_found);
        request.strategy = {.name = "combined",
                            .goals = selection::parse_goals_of_job({"weights=blur"})};
        CHECK_THAT(refusal(bench, bench->sample(request)).what(),
                   Catch::Contains("has no scores 'blur', which a goal or threshold names"));
    }
    SECTION("methods that use embeddings need some of all samples") {
        const auto bare = bench.wait(bench->create_dataset("bare"));
        bench.wait(bench->add_samples(bare, {"a", "b"}));
        const Line none{
            .dataset = bare, .all = bench.wait(bench->create_initial_tag(bare)), .embedding = {}};
        auto blind = request_on(none, "chosen", 1);
        CHECK(refusal(bench, bench->sample(blind)).reason() == Reason::not_found);
        blind.strategy.name = "random";
        CHECK(select(bench, blind).mask.count() == 1);

        bench.wait(bench->add_samples(line.dataset, {"g"}));
        NewTag grown{.name = "grown", .mask = BitMask::first(7), .previous = {}};
        request.query = bench.wait(bench->create_tag(line.dataset, grown));
        CHECK(reason() == Reason::invalid);
    }
    SECTION("a bad name or distance is refused") {
        request.new_tag_name = "x";
        CHECK(reason() == Reason::invalid);
        request.new_tag_name = "chosen";
        request.min_distance = std::numeric_limits<double>::quiet_NaN();
        CHECK(reason() == Reason::invalid);
    }
    SECTION("a strategy or setting that there is not is refused with what may be meant") {
        const auto fault = [&] {
            const auto error = refusal(bench, bench->sample(request));
            CHECK(error.reason() == Reason::invalid);
            return std::string(error.what());
        };
        request.strategy.name = "typiclus";
        CHECK_THAT(fault(), Catch::Contains("no strategy 'typiclus'; did you mean 'typiclust'?"));
        request.strategy = {"typiclust", {{"neighbours", "3"}}};
        CHECK_THAT(fault(), Catch::Contains("typiclust has no option 'neighbours'"));
        request.strategy = {"typiclust", {}};
        request.samples.reset();
        request.min_distance = 0.5;
        CHECK_THAT(fault(), Catch::Contains("a distance to stop at is not enough"));
        request.strategy = {"typiclust", {{"radius", "3"}}};
        CHECK_THAT(fault(), Catch::Contains("typiclust does not use 'radius'"));
        request.strategy = {"typiclust", {{"neighbors", "2.5"}}};
        CHECK_THAT(
            fault(),
            Catch::Contains("'neighbors' has to be a whole number of at least 1, not '2.5'"));
        request.strategy = {"coreset", {}};
        request.proportion = 1.5;
        CHECK_THAT(fault(), Catch::Contains("the proportion is 1.5; give a share above 0"));
        request.proportion.reset();
        request.strategy = {"badge", {}};
        CHECK_THAT(fault(), Catch::Contains("badge needs the probabilities of all classes, which"));
        request.strategy = {"similarity", {}};
        CHECK_THAT(fault(), Catch::Contains("similarity needs samples to be near to"));
        request.strategy = {"coreset", {}};
        request.similar_to = line.all;
        CHECK_THAT(fault(), Catch::Contains("coreset does not use the tag similar_to"));
    }
    SECTION("no query tag means the initial tag") {
        request.query = TagId();
        CHECK(select(bench, request).query == line.all);
    }
}

}  // namespace trommel::test
