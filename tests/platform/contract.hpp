// What every Platform must do, embedded or remote.
#pragma once

#include "trommel/platform/platform.hpp"
#include "trommel/runtime/run.hpp"

#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trommel::test {

/// An empty platform and the loop that its calls run on.
class PlatformBench {
public:
    virtual ~PlatformBench() = default;
    virtual Platform& platform() = 0;

    Platform* operator->() { return &platform(); }

    /// Runs the loop until `call` has ended, and gives its result.
    template <typename T>
    T wait(asio::awaitable<T> call) {
        return run(loop_, std::move(call));
    }

    /// Asks for the job until it has ended.
    JobStatus ended(const JobId& job);

protected:
    asio::io_context loop_{1};
};

/// Dataset `line` of six samples a to f, which lie on a line at 0, 1, 2, 10, 11 and 20, with its
/// initial tag and these embeddings.
struct Line {
    DatasetId dataset{};
    TagId all{};
    EmbeddingId embedding{};
};
Line make_line(PlatformBench& bench);

/// CORESET from all samples of the line.
SamplingRequest request_on(const Line& line, std::string new_tag, std::size_t samples);

/// Runs the request to its end; the tag it made.
Tag select(PlatformBench& bench, const SamplingRequest& request);

/// The error with which `call` is refused; fails the test when it is not.
template <typename T>
PlatformError refusal(PlatformBench& bench, asio::awaitable<T> call) {
    try {
        bench.wait(std::move(call));
    } catch (const PlatformError& error) {
        return error;
    }
    FAIL("the call was not refused");
    return {PlatformError::Reason::invalid, ""};
}

/// Six scores, the highest first for b, d, e, f, c, a.
inline std::vector<double> shuffled() { return {0.1, 0.6, 0.2, 0.5, 0.4, 0.3}; }

BitMask mask_of(std::vector<SampleIndex> samples);
std::vector<SampleIndex> samples_of(const std::vector<Pick>& picks);

// Each runs sections within the calling test case, so call each from a test case of its own.
void check_datasets(PlatformBench& bench);
void check_deletions(PlatformBench& bench);
void check_tags(PlatformBench& bench);
void check_embeddings(PlatformBench& bench);
void check_scores(PlatformBench& bench);
void check_selections(PlatformBench& bench);
void check_jobs(PlatformBench& bench);
void check_requests(PlatformBench& bench);
void check_repetitions(PlatformBench& bench);

}  // namespace trommel::test
