#include "store/contract.hpp"
#include "store/rows.hpp"

namespace trommel::store {

namespace {

using Reason = StoreError::Reason;
using Samples = std::vector<SampleIndex>;

Samples samples_of(const std::vector<selection::Pick>& picks) {
    Samples samples;
    for (const auto& pick : picks) samples.push_back(pick.sample);
    return samples;
}

}  // namespace

void check_picks(const OpenStore& open) {
    auto store = open();
    fill(*store);
    const JobId id("j1");
    store->add_job(waiting_job(id, request_for("chosen")));
    store->mark_running(id);
    const std::vector<selection::Pick> picks{{.sample = 4, .score = 0.25, .distance = {}},
                                             {.sample = 2, .score = {}, .distance = 1.5},
                                             {.sample = 0, .score = {}, .distance = 0.1}};
    const auto keep = [&](std::size_t place, std::size_t count) {
        store->keep_picks(id, place, std::span(picks).subspan(place, count));
    };
    const auto samples = [&] { return samples_of(store->picks(id)); };

    SECTION("the picks of a running job are there after reopening, in order") {
        CHECK(store->job(id)->picks == 0);
        keep(0, 1);
        keep(1, 2);
        store.reset();
        store = open();
        CHECK(store->job(id)->state == JobState::running);
        CHECK(store->job(id)->picks == 3);
        CHECK(samples() == Samples{4, 2, 0});
        CHECK(store->picks(id)[0].score == 0.25);
        CHECK(store->picks(id)[2].distance == 0.1);
    }
    SECTION("picks that are there stay, those behind them are added") {
        keep(0, 2);
        keep(0, 2);
        keep(1, 2);
        CHECK(samples() == Samples{4, 2, 0});
    }
    SECTION("a gap is refused") {
        keep(0, 1);
        CHECK(refusal([&] { keep(2, 1); }) == Reason::invalid);
        CHECK(samples() == Samples{4});
    }
    SECTION("a finished job has the picks that it finished with") {
        keep(0, 3);
        store->finish_job(id, tag_named("chosen", mask_of({3, 4})), {{{.sample = 3}}}, {});
        CHECK(samples() == Samples{3});
        keep(1, 1);
        CHECK(samples() == Samples{3});
        CHECK(store->job(id)->picks == 1);
    }
    SECTION("a failed job has none, and a second failure changes nothing") {
        keep(0, 2);
        store->fail_job(id, "no embeddings");
        keep(0, 2);
        store->fail_job(id, "no scores");
        CHECK(samples().empty());
        CHECK(store->job(id)->error == "no embeddings");
    }
    SECTION("a job that is not there keeps none") {
        CHECK(refusal([&] { store->keep_picks(JobId("j2"), 0, picks); }) == Reason::not_found);
    }
}

}  // namespace trommel::store
