#include "trommel/agent/sampler_config.hpp"

#include "trommel/core/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace trommel {

std::string default_name(const SamplerConfig& config, std::chrono::system_clock::time_point now) {
    return fmt::format("{}_{}_{}_{:%m_%d_%Y__%H_%M_%S}",
                       to_string(config.method),
                       config.n_samples,
                       shortest(config.min_distance),
                       fmt::localtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace trommel
