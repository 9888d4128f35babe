#include "pipeline/definition/load/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>

namespace trommel {
namespace {

class GraphCheck {
public:
    GraphCheck(std::vector<StageSpec>& stages,
               const std::vector<StagePlaces>& places,
               Diagnostics& diagnostics)
        : stages_(stages), places_(places), diagnostics_(diagnostics) {
        for (const auto& stage : stages_) {
            index_.emplace(stage.name, names_.size());
            names_.push_back(stage.name);
        }
    }

    void run() {
        for (std::size_t i = 0; i < stages_.size(); ++i) {
            check_names(stages_[i].from, places_[i].from);
            check_names(stages_[i].needs, places_[i].needs);
            if (stages_[i].type == nullptr) continue;
            check_inputs(stages_[i], places_[i]);
            check_required(stages_[i]);
        }
        sort();
    }

private:
    const StageSpec* find(const std::string& name) const {
        const auto found = index_.find(name);
        return found == index_.end() ? nullptr : &stages_[found->second];
    }

    void check_names(const std::vector<std::string>& names, const std::vector<Place>& places) {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (find(names[i]) == nullptr)
                diagnostics_.error(places[i],
                                   "unknown-stage",
                                   fmt::format("there is no stage '{}'", names[i]),
                                   did_you_mean(names[i], names_));
    }

    void check_inputs(const StageSpec& stage, const StagePlaces& places) {
        for (std::size_t i = 0; i < stage.from.size(); ++i) {
            const StageSpec* sender = find(stage.from[i]);
            if (sender == nullptr || sender->type == nullptr) continue;
            const auto port = sender->type->output;
            if (std::ranges::count(stage.type->inputs, port, &InputPort::port) > 0) continue;
            diagnostics_.error(places.from[i],
                               "port-type",
                               port.empty()
                                   ? fmt::format("stage '{}' sends nothing", sender->name)
                                   : fmt::format("'{}' cannot read {}, which stage '{}' sends",
                                                 stage.type->name,
                                                 port,
                                                 sender->name),
                               fmt::format("it reads {}", inputs_of(*stage.type)));
        }
    }

    void check_required(const StageSpec& stage) {
        for (const auto& input : stage.type->inputs) {
            if (!input.required || is_fed(stage, input.port)) continue;
            diagnostics_.error(
                stage.place,
                "missing-input",
                fmt::format("'{}' needs {} from another stage", stage.type->name, input.port),
                senders_of(input.port));
        }
    }

    /// Also when a stage in `from` is in doubt, so that one mistake gives one message.
    bool is_fed(const StageSpec& stage, std::string_view port) const {
        return std::ranges::any_of(stage.from, [&](const std::string& name) {
            const StageSpec* sender = find(name);
            return sender == nullptr || sender->type == nullptr || sender->type->output == port;
        });
    }

    static std::string inputs_of(const StageType& type) {
        std::vector<std::string_view> ports;
        for (const auto& input : type.inputs) ports.push_back(input.port);
        return ports.empty() ? "nothing" : fmt::format("{}", fmt::join(ports, " and "));
    }

    std::string senders_of(std::string_view port) const {
        for (const auto& stage : stages_)
            if (stage.type != nullptr && stage.type->output == port)
                return fmt::format("add '{}' to its 'from'", stage.name);
        return {};
    }

    /// O((n + e) log n) for n stages and e names in `from` and `needs`.
    void sort() {
        std::vector<std::vector<std::size_t>> later(stages_.size());
        std::vector<std::size_t> waits(stages_.size(), 0);
        for (std::size_t i = 0; i < stages_.size(); ++i)
            for (const auto before : awaited_by(stages_[i])) {
                later[before].push_back(i);
                ++waits[i];
            }
        const auto order = in_order(later, waits);
        if (order.size() == stages_.size())
            bring_into(order);
        else
            report_cycle(waiting(waits));
    }

    /// Those that `stage` waits for, each as often as it is named.
    std::vector<std::size_t> awaited_by(const StageSpec& stage) const {
        std::vector<std::size_t> awaited;
        for (const auto* names : {&stage.from, &stage.needs})
            for (const auto& name : *names)
                if (const auto found = index_.find(name); found != index_.end())
                    awaited.push_back(found->second);
        return awaited;
    }

    /// Kahn's algorithm, taking the stage that appears first in the file among those that are
    /// ready. Counts `waits` down; what is left waits for itself or for such.
    static std::vector<std::size_t> in_order(const std::vector<std::vector<std::size_t>>& later,
                                             std::vector<std::size_t>& waits) {
        std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
        for (std::size_t i = 0; i < waits.size(); ++i)
            if (waits[i] == 0) ready.push(i);
        std::vector<std::size_t> order;
        while (!ready.empty()) {
            order.push_back(ready.top());
            ready.pop();
            for (const auto next : later[order.back()])
                if (--waits[next] == 0) ready.push(next);
        }
        return order;
    }

    void bring_into(const std::vector<std::size_t>& order) {
        std::vector<StageSpec> sorted;
        sorted.reserve(order.size());
        for (const auto i : order) sorted.push_back(std::move(stages_[i]));
        stages_ = std::move(sorted);
    }

    std::vector<StageSpec> waiting(const std::vector<std::size_t>& waits) const {
        std::vector<StageSpec> rest;
        for (std::size_t i = 0; i < stages_.size(); ++i)
            if (waits[i] > 0) rest.push_back(stages_[i]);
        return rest;
    }

    /// `rest` are stages that wait for themselves or for such; walking back from any leads into a
    /// cycle.
    void report_cycle(const std::vector<StageSpec>& rest) {
        std::vector<std::string> path{rest.front().name};
        while (std::ranges::count(path, path.back()) < 2)
            path.push_back(
                waited_for(*std::ranges::find(rest, path.back(), &StageSpec::name), rest));
        path.erase(path.begin(), std::ranges::find(path, path.back()));
        std::ranges::reverse(path);
        diagnostics_.error(find(path.front())->place,
                           "cycle",
                           fmt::format("stages wait for each other: {}", fmt::join(path, " → ")),
                           "what a later round reads belongs in 'state'");
    }

    static const std::string& waited_for(const StageSpec& stage,
                                         const std::vector<StageSpec>& rest) {
        const auto in_rest = [&](const std::string& name) {
            return std::ranges::count(rest, name, &StageSpec::name) > 0;
        };
        const auto from = std::ranges::find_if(stage.from, in_rest);
        if (from != stage.from.end()) return *from;
        return *std::ranges::find_if(stage.needs, in_rest);
    }

    std::vector<StageSpec>& stages_;
    const std::vector<StagePlaces>& places_;
    Diagnostics& diagnostics_;
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t> index_;  ///< of a stage in the file's order
};

}  // namespace

void check_graph(std::vector<StageSpec>& stages,
                 const std::vector<StagePlaces>& places,
                 Diagnostics& diagnostics) {
    GraphCheck(stages, places, diagnostics).run();
}

}  // namespace trommel
