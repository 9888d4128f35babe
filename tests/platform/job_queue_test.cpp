#include "platform/embedded/job_queue.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace trommel::embedded {

TEST_CASE("datasets take turns, and the jobs of one keep their order", "[platform]") {
    JobQueue queue;
    const DatasetId busy("busy");
    const DatasetId quiet("quiet");
    for (const auto* job : {"b1", "b2", "b3"}) queue.push(busy, JobId(job));
    queue.push(quiet, JobId("q1"));
    queue.push(quiet, JobId("q2"));

    std::vector<std::string> order;
    while (const auto job = queue.pop()) order.push_back(job->text());

    CHECK(order == std::vector<std::string>{"b1", "q1", "b2", "q2", "b3"});
    CHECK(queue.empty());
}

TEST_CASE("a dataset that comes again waits its turn", "[platform]") {
    JobQueue queue;
    queue.push(DatasetId("a"), JobId("a1"));
    queue.push(DatasetId("b"), JobId("b1"));
    CHECK(queue.pop() == JobId("a1"));
    queue.push(DatasetId("a"), JobId("a2"));
    CHECK(queue.pop() == JobId("b1"));
    CHECK(queue.pop() == JobId("a2"));
    CHECK(!queue.pop());
}

}  // namespace trommel::embedded
