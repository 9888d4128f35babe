#include "stages/small_pool.hpp"

#include "support/run.hpp"
#include "trommel/stages/stages.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace trommel::test {
namespace {

const Registry& registry() {
    static const Registry all = stages::all_stages();
    return all;
}

}  // namespace

SmallPool::SmallPool() { write_small_pool(folder_); }

RunResult SmallPool::run(const std::string& stages,
                         const std::string& tail,
                         const Overrides& overrides) {
    return run_file(small_pipeline(stages, tail), overrides);
}

RunResult SmallPool::run_file(const std::string& yaml, const Overrides& overrides) {
    const auto file = folder_.write("pipeline.yaml", yaml);
    RunOptions options{.id = fmt::format("run-{}", ++runs_),
                       .directory = folder_ / fmt::format("run-{}", runs_),
                       .threads = threads};
    Observer silence;
    return run_to_end(run_pipeline(load_pipeline(file, registry(), overrides), options, silence));
}

std::string SmallPool::error_of(const std::string& stages, const std::string& tail) {
    try {
        run(stages, tail);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

std::string SmallPool::left(const std::string& name) const {
    return read(fmt::format("run-{}/{}", runs_, name));
}

std::string SmallPool::read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
}

std::vector<std::string> picks_of(const RunResult& result) {
    std::vector<std::string> names;
    for (const auto& round : result.history.picks)
        for (const auto& pick : round.picks) names.push_back(pick.file_name);
    return names;
}

}  // namespace trommel::test
