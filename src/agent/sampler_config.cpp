#include "trommel/agent/sampler_config.hpp"

#include "trommel/core/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace trommel {

std::string default_name(const SamplerConfig& config, std::chrono::system_clock::time_point now) {
    auto strategy = config.strategy ? config.strategy->name : to_string(config.method);
    std::ranges::replace(strategy, '+', 'p');  // which the name of a tag cannot have
    return fmt::format("{}_{}_{}_{:%m_%d_%Y__%H_%M_%S}",
                       strategy,
                       config.n_samples,
                       shortest(config.min_distance),
                       fmt::localtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace trommel
