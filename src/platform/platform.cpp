#include "trommel/platform/platform.hpp"

namespace trommel {

std::string to_string(JobState state) {
    switch (state) {
        case JobState::waiting:
            return "WAITING";
        case JobState::running:
            return "RUNNING";
        case JobState::finished:
            return "FINISHED";
        case JobState::failed:
            break;
    }
    return "FAILED";
}

}  // namespace trommel
