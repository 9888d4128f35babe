#include "pipeline/load/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trommel {
namespace {

class GraphCheck {
public:
    GraphCheck(std::vector<StageSpec>& stages,
               const std::vector<StagePlaces>& places,
               Diagnostics& diagnostics)
        : stages_(stages), places_(places), diagnostics_(diagnostics) {
        for (const auto& stage : stages_) names_.push_back(stage.name);
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
        const auto found = std::ranges::find(stages_, name, &StageSpec::name);
        return found == stages_.end() ? nullptr : &*found;
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

    /// Kahn's algorithm, taking the stage that stands first in the file among those that are ready.
    void sort() {
        std::vector<StageSpec> sorted;
        std::vector<std::string> done;
        std::vector<StageSpec> rest = stages_;
        const auto ready = [&](const StageSpec& stage) {
            const auto waits = [&](const std::string& name) {
                return find(name) != nullptr && std::ranges::count(done, name) == 0;
            };
            return std::ranges::none_of(stage.from, waits) &&
                   std::ranges::none_of(stage.needs, waits);
        };
        for (auto next = std::ranges::find_if(rest, ready); next != rest.end();
             next = std::ranges::find_if(rest, ready)) {
            done.push_back(next->name);
            sorted.push_back(std::move(*next));
            rest.erase(next);
        }
        if (rest.empty())
            stages_ = std::move(sorted);
        else
            report_cycle(rest);
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
};

}  // namespace

void check_graph(std::vector<StageSpec>& stages,
                 const std::vector<StagePlaces>& places,
                 Diagnostics& diagnostics) {
    GraphCheck(stages, places, diagnostics).run();
}

}  // namespace trommel
