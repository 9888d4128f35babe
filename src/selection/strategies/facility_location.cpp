#include "selection/parallel.hpp"
#include "selection/shared.hpp"
#include "selection/strategies/nearest.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

namespace trommel::selection {
namespace {

using Node = std::uint32_t;

/// How much one node can do for another.
struct Service {
    Node client = 0;
    float distance = 0;
};

[[noreturn]] void fail_too_far(SampleIndex sample) {
    throw DataError(fmt::format(
        "the embedding of sample {} is too far from others to be measured in single precision; "
        "scale the embeddings down",
        sample));
}

/// Whom each node serves: those that have it among their nearest, and itself.
class Graph {
public:
    Graph(const Task& task, const Rows& rows, std::span<const SampleIndex> nodes)
        : begins_(nodes.size() + 1) {
        const auto count = std::clamp<std::size_t>(
            task.options.neighbors, 1, std::max<std::size_t>(nodes.size(), 2) - 1);
        if (nodes.size() < 2) return;
        const auto nearest = nearest_of(task, rows, nodes, count);
        for (const auto server : nearest.others) ++begins_[server + 1];
        for (std::size_t i = 0; i < nodes.size(); ++i) begins_[i + 1] += begins_[i];
        services_.resize(nearest.others.size());
        auto next = begins_;
        for (std::size_t edge = 0; edge < services_.size(); ++edge) {
            if (edge % 65536 == 0) poll(task);
            const float distance = std::sqrt(nearest.squared[edge]);
            if (!std::isfinite(distance)) fail_too_far(nodes[edge / count]);
            longest_ = std::max(longest_, distance);
            services_[next[nearest.others[edge]]++] = {static_cast<Node>(edge / count), distance};
        }
    }

    /// Clients ascending, the node itself left out.
    std::span<const Service> of(Node node) const {
        return std::span(services_).subspan(begins_[node], begins_[node + 1] - begins_[node]);
    }

    /// The distance at which a service is worth nothing.
    float longest() const { return longest_; }

private:
    std::vector<std::size_t> begins_;
    std::vector<Service> services_{};
    float longest_ = 0;
};

/// What a node added when that was last computed.
struct ServiceGain {
    double sum = 0;
    Node node = 0;

    bool operator<(const ServiceGain& other) const {
        return sum < other.sum || (sum == other.sum && node > other.node);
    }
};

/// Lazy: a gain is a sum, in one order, of terms that only shrink, so it only shrinks, rounding
/// included, and the first that is still right is the largest.
class Facilities {
public:
    Facilities(const Task& task, const Graph& graph, std::size_t nodes)
        : task_(task), graph_(graph), served_(nodes) {}

    void open(Node node) {
        const auto most = static_cast<double>(graph_.longest());
        served_[node] = most;
        for (const auto& service : graph_.of(node))
            served_[service.client] = std::max(served_[service.client], worth(service));
    }

    /// Nodes that may be opened, ascending.
    void offer(std::span<const Node> nodes) {
        std::vector<ServiceGain> gains(nodes.size());
        in_parallel(nodes.size(), 1024, [&](std::size_t begin, std::size_t end) {
            poll(task_);
            for (std::size_t i = begin; i < end; ++i) gains[i] = {gain(nodes[i]), nodes[i]};
        });
        queue_ = std::priority_queue<ServiceGain>(std::less<ServiceGain>{}, std::move(gains));
    }

    Node take() {
        while (true) {
            poll(task_);
            const auto best = queue_.top();
            queue_.pop();
            const double now = gain(best.node);
            if (now == best.sum) {
                open(best.node);
                return best.node;
            }
            queue_.push({now, best.node});
        }
    }

private:
    double worth(const Service& service) const {
        return static_cast<double>(graph_.longest()) - static_cast<double>(service.distance);
    }

    double gain(Node node) const {
        double sum = static_cast<double>(graph_.longest()) - served_[node];
        for (const auto& service : graph_.of(node))
            sum += std::max(0.0, worth(service) - served_[service.client]);
        return sum;
    }

    const Task& task_;
    const Graph& graph_;
    std::vector<double> served_;  ///< (nodes) by the best of those that are open
    std::priority_queue<ServiceGain> queue_{};
};

std::vector<SampleIndex> nodes_of(const Pool& pool) {
    std::vector<SampleIndex> nodes;
    std::ranges::set_union(pool.candidates, pool.preselected, std::back_inserter(nodes));
    return nodes;
}

/// Greedily the sample that serves the others best: each is worth to others what its best server
/// among the chosen is, the longest edge minus the distance to it, over a graph of edges from each
/// candidate and preselected sample to its options.neighbors nearest.
/// Wei, Iyer and Bilmes, "Submodularity in Data Subset Selection and Active Learning", ICML 2015;
/// lazily after Minoux, 1978. O(candidates²) distances, 16 bytes an edge.
std::vector<Pick> select_facility_location(const Task& task) {
    const Rows rows = checked_rows(task);
    const auto nodes = nodes_of(task.pool);
    const auto node_of = [&](SampleIndex sample) {
        return static_cast<Node>(std::ranges::lower_bound(nodes, sample) - nodes.begin());
    };
    const Graph graph(task, rows, nodes);
    Facilities facilities(task, graph, nodes.size());
    for (const auto sample : task.pool.preselected) facilities.open(node_of(sample));
    const auto open = open_places(task);
    std::vector<Node> offered;
    for (const auto place : open) offered.push_back(node_of(task.pool.candidates[place]));
    facilities.offer(offered);
    std::vector<Place> places;
    const auto count = wanted_picks(task, open.size());
    while (places.size() < count) {
        const auto chosen = std::ranges::lower_bound(offered, facilities.take());
        places.push_back(open[static_cast<std::size_t>(chosen - offered.begin())]);
    }
    return pick_these(task, places);
}

std::size_t memory_of_facility_location(const StrategyOptions& options, const Extent& extent) {
    const auto nodes = extent.candidates + extent.preselected;
    const auto edges = nodes * std::min(options.neighbors, std::max<std::size_t>(nodes, 1));
    const std::size_t a_node =
        3 * memory::a_number + memory::growing * 16 + 2 * memory::growing * memory::a_place;
    return memory::nearest_neighbors(options, extent, nodes) + edges * 8 + nodes * a_node +
           memory::ranking(options, extent);
}

}  // namespace

constinit const Strategy rows::facility_location{
    .name = "facility_location",
    .summary = "greedily the sample that most reduces the mean distance to a chosen one",
    .source = "Wei et al., Submodularity in Data Subset Selection, ICML 2015",
    .needs_embeddings = true,
    .settings = {&settings::neighbors, &settings::search, &settings::probes, &settings::metric},
    .memory = memory_of_facility_location,
    .select = select_facility_location,
};

}  // namespace trommel::selection
