// The greedy engine's state between rounds, in a file.
#pragma once

#include "selection/greedy.hpp"

#include <filesystem>

namespace trommel::selection {

/// Centres in the order of choosing, and what is known of each candidate's distance to them. Prints
/// of the embeddings tell whether they are those that the distances are of.
class KeptState {
public:
    /// `candidates` outlives this. `poll` may be empty.
    KeptState(std::filesystem::path file, const Candidates& candidates, Poll poll);

    /// Brings a fresh engine to where the file's was, if there is a file. Candidates that are new
    /// are unknown, and those that are gone forgotten. Throws DataError where the file is not
    /// whole, or a candidate or a centre has another embedding than it had.
    void restore(Greedy& greedy);

    /// Replaces the file, whole or not at all. Throws Error if it cannot be written.
    void save(const Greedy& greedy);

private:
    /// As they lie in the file, in the order of this machine's bytes.
    struct Known {
        SampleIndex sample = 0;
        float squared = 0;
        std::uint32_t seen = 0;
        std::uint32_t nearest = 0;
        std::uint64_t print = 0;
    };
    struct Center {
        SampleIndex sample = 0;
        std::uint32_t unused = 0;
        std::uint64_t print = 0;
    };
    struct Head;

    void read(const std::string& content);
    void check_centers() const;
    Bounds bounds_of_file();
    void take_prints();
    std::uint64_t print(SampleIndex sample) const;
    [[noreturn]] void fail_other(SampleIndex sample) const;

    std::filesystem::path file_;
    const Candidates& candidates_;
    Poll poll_;
    std::vector<Known> known_{};           ///< of the file, samples ascending
    std::vector<Center> centers_{};        ///< of the file, in the order of choosing
    std::vector<std::uint64_t> prints_{};  ///< (candidates) of their embeddings
};

}  // namespace trommel::selection
