// The program as a service, in the shell of a test.
#pragma once

#include <filesystem>
#include <string>

namespace trommel::test {

/// Shell: serve in the background in `folder` until it answers, then `then`, in which `$url` is
/// where, then a SIGTERM. Prints the log; the exit code is that of serve.
inline std::string serving(const std::filesystem::path& folder,
                           const std::string& arguments,
                           const std::string& then) {
    return "cd " + folder.string() + "; " TROMMEL_PROGRAM + " serve " + arguments +
           " 2> log & serve=$!; cd " + folder.string() +
           "; for i in $(seq 1200); do url=$(sed -n 's/.*answers at //p' log 2> /dev/null); "
           "[ -n \"$url\" ] && break; sleep 0.05; done; " +
           then + "; kill -TERM $serve; wait $serve; code=$?; cat log; exit $code";
}

}  // namespace trommel::test
