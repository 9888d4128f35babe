// A pool of random samples, on an embedded platform.
#pragma once

#include "platform/embedded_bench.hpp"
#include "trommel/core/random.hpp"

namespace trommel::test {

/// A folder with a database of the embedded platform.
struct Place {
    TempDir dir{};
    std::filesystem::path database = dir / "platform.db";
};

/// A dataset of `count` samples with embeddings (count, 8) and scores, all drawn at random.
inline Line make_cloud(PlatformBench& bench, std::size_t count) {
    Random random(1, 0, "cloud");
    std::vector<std::string> names;
    std::vector<double> scores;
    auto rows = std::make_shared<Matrix>(count, 8);
    for (auto& value : rows->values()) value = static_cast<float>(random.uniform());
    for (std::size_t i = 0; i < count; ++i) {
        names.push_back(std::to_string(i) + ".jpg");
        scores.push_back(random.uniform());
    }
    Line cloud;
    cloud.dataset = bench.wait(bench->create_dataset("cloud"));
    bench.wait(bench->add_samples(cloud.dataset, names));
    cloud.all = bench.wait(bench->create_initial_tag(cloud.dataset));
    cloud.embedding = bench.wait(bench->upload_embeddings(cloud.dataset, "random", rows));
    bench.wait(bench->upload_scores(cloud.all, "margin", scores));
    return cloud;
}

inline std::vector<SampleIndex> picks_of(PlatformBench& bench, const JobId& job) {
    const auto status = bench.ended(job);
    CHECK(status.error == "");
    REQUIRE(status.state == JobState::finished);
    return samples_of(bench.wait(bench->picks(job)));
}

inline std::vector<SampleIndex> picks_for(PlatformBench& bench, const SamplingRequest& request) {
    return picks_of(bench, bench.wait(bench->sample(request)));
}

}  // namespace trommel::test
