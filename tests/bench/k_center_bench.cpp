// k-center greedy against one pass over all embeddings a pick, in one run on the same data:
// build/release/tests/bench/trommel_bench k-center [ROW [PICKS]]. Needs up to 5 GB and some
// minutes.
#include "bench/figure.hpp"
#include "bench/k_center_data.hpp"
#include "selection/greedy.hpp"
#include "selection/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <numeric>
#include <sstream>

namespace trommel::bench {
namespace {

using selection::Buffer;
using selection::in_parallel;

using Picks = std::vector<SampleIndex>;

/// Seconds for the passes of either half; what they take for all picks is worked out from them.
constexpr double seconds_a_half = 6;

/// One pass over all embeddings a pick, as fast as the memory gives them.
class Passes {
public:
    explicit Passes(const Embeddings& embeddings)
        : embeddings_(embeddings), nearest_(embeddings.rows), best_of_part_(parts()) {
        std::ranges::fill(nearest_.all(), std::numeric_limits<float>::infinity());
    }

    void run_for(double limit, std::size_t picks) {
        while (picks_.size() < picks && limit > 0) {
            const double took = seconds([&] { pick(); }, 1);
            seconds_ += took;
            limit -= took;
        }
    }

    const Picks& picks() const { return picks_; }
    double seconds_a_pick() const { return seconds_ / static_cast<double>(picks_.size() - 1); }

private:
    static constexpr std::size_t part = 2048;

    struct Best {
        float squared = -1;
        std::size_t row = 0;
    };

    std::size_t parts() const { return (embeddings_.rows + part - 1) / part; }

    void pick() {
        in_parallel(parts(), 4, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) best_of_part_[i] = pass(i * part);
        });
        Best best;
        for (const auto& other : best_of_part_) {
            if (other.squared > best.squared) best = other;
        }
        picks_.push_back(static_cast<SampleIndex>(best.row));
    }

    Best pass(std::size_t first) {
        const std::size_t count = std::min(part, embeddings_.rows - first);
        const std::size_t width = embeddings_.dimensions;
        float squared[part];
        const float* center = embeddings_.values.data() + picks_.back() * width;
        selection::kernels().stream(
            embeddings_.values.data() + first * width, width, count, center, width, squared);
        Best best;
        for (std::size_t i = 0; i < count; ++i) {
            float& nearest = nearest_[first + i];
            nearest = std::min(nearest, squared[i]);
            if (nearest > best.squared) best = {nearest, first + i};
        }
        return best;
    }

    const Embeddings& embeddings_;
    Buffer<float> nearest_;
    std::vector<Best> best_of_part_;
    Picks picks_{0};
    double seconds_ = 0;
};

struct Run {
    Picks picks{0};
    selection::Work work{};
    double seconds = 0;
};

Run run_engine(const Embeddings& embeddings, std::size_t picks) {
    Run run;
    run.seconds = seconds(
        [&] {
            Picks samples(embeddings.rows);
            std::iota(samples.begin(), samples.end(), 0);
            selection::Greedy greedy({embeddings.view(), samples}, {}, {}, {});
            greedy.choose(0);
            greedy.extend(picks - 1, 0, [&](const auto& choice) {
                run.picks.push_back(choice.place);
                return true;
            });
            run.work = greedy.work();
        },
        1);
    return run;
}

/// Bytes a second that all threads together read, the best of three.
double read_bandwidth(const Embeddings& embeddings) {
    const auto* words = reinterpret_cast<const std::uint64_t*>(embeddings.values.data());
    const std::size_t count = embeddings.rows * embeddings.dimensions / 2 / 4096;
    std::atomic<std::uint64_t> sum = 0;
    const double took = seconds([&] {
        in_parallel(count, 16, [&](std::size_t begin, std::size_t end) {
            std::uint64_t sums[8] = {};
            for (std::size_t i = begin * 4096; i < end * 4096; i += 8) {
                for (std::size_t k = 0; k < 8; ++k) sums[k] ^= words[i + k];
            }
            for (const auto part : sums) sum ^= part;
        });
    });
    return static_cast<double>(count * 4096 * 8) / took;
}

double bytes_read(const Embeddings& embeddings, const selection::Work& work) {
    const double width = static_cast<double>(embeddings.dimensions);
    return static_cast<double>(work.rows) * width * 4 +
           static_cast<double>(work.code_rows) * width +
           static_cast<double>(work.rounds * embeddings.rows) * 8;
}

std::size_t agreeing(const Picks& a, const Picks& b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

/// A few picks by numpy in a process of its own; says nothing where there is no numpy.
void print_numpy(const Embeddings& embeddings, const Run& run) {
    constexpr std::size_t few = 20;
    const auto file = std::filesystem::temp_directory_path() / "trommel-k-center.f32";
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(embeddings.values.data()),
               static_cast<std::streamsize>(embeddings.values.size() * sizeof(float)));
    const auto command =
        fmt::format("/usr/bin/python3 {}/tests/bench/k_center_numpy.py {} {} {} {} 2>/dev/null",
                    TROMMEL_SOURCE_DIR,
                    file.string(),
                    embeddings.rows,
                    embeddings.dimensions,
                    few);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    char text[4096] = {};
    const std::size_t size = pipe ? std::fread(text, 1, sizeof text - 1, pipe.get()) : 0;
    std::filesystem::remove(file);
    std::istringstream words(std::string(text, size));
    double took = 0;
    if (!(words >> took)) return;
    Picks picks;
    for (SampleIndex sample = 0; words >> sample;) picks.push_back(sample);
    const double all = took / few * static_cast<double>(run.picks.size() - 1);
    fmt::print("    numpy: {:.1f} s by {} picks, {:.0f} times ours; agrees for {} of {}\n",
               all,
               few,
               all / run.seconds,
               agreeing(picks, run.picks),
               picks.size());
}

void compare(const std::string& name, const Embeddings& embeddings, std::size_t picks) {
    const double bandwidth = read_bandwidth(embeddings);
    Passes passes(embeddings);
    passes.run_for(seconds_a_half, picks);
    const Run first = run_engine(embeddings, picks);
    const Run second = run_engine(embeddings, picks);
    const Run& run = second.seconds < first.seconds ? second : first;
    passes.run_for(seconds_a_half, picks);

    const double plain = passes.seconds_a_pick() * static_cast<double>(picks - 1);
    print(fmt::format("k_center.{}.{}", name, picks),
          run.seconds,
          "s",
          run.seconds / plain,
          fmt::format("one pass a pick, {:.1f} s by {} picks", plain, passes.picks().size() - 1));
    fmt::print("    {:.1f} times as fast; agrees for {} of {} picks; first run {:.3f} s\n",
               plain / run.seconds,
               agreeing(passes.picks(), run.picks),
               passes.picks().size(),
               first.seconds);
    const double bytes = bytes_read(embeddings, run.work);
    fmt::print(
        "    reads {:.2f} GB in {} rounds, {:.2f} of the {:.1f} GB/s read bandwidth; {:.2f} % "
        "of all distances, {:.2f} % in codes\n",
        bytes / 1e9,
        run.work.rounds,
        bytes / run.seconds / bandwidth,
        bandwidth / 1e9,
        100 * static_cast<double>(run.work.distances) /
            static_cast<double>(embeddings.rows * picks),
        100 * static_cast<double>(run.work.code_distances) /
            static_cast<double>(embeddings.rows * picks));
    print_numpy(embeddings, run);
}

struct Row {
    std::string name;
    std::function<std::optional<Embeddings>()> make;
    std::vector<std::size_t> picks;
};

const Row rows[] = {
    {"clustered_1m_x_128", [] { return clustered(1'000'000, 128); }, {1000, 10'000}},
    {"clustered_1m_x_512", [] { return clustered(1'000'000, 512); }, {1000, 10'000}},
    {"gaussian_1m_x_512", [] { return gaussian(1'000'000, 512); }, {1000}},
    {"fashion_mnist_70k_x_512", fashion_mnist, {1000}},
    {"letters_20k_x_16", letters, {2000}},
};

}  // namespace

void run_k_center_bench(const std::string& name, std::size_t picks) {
    for (const auto& row : rows) {
        if (!name.empty() && row.name.find(name) == std::string::npos) continue;
        const auto embeddings = row.make();
        if (!embeddings) {
            fmt::print("k_center.{}: left out, its data are not installed\n", row.name);
            continue;
        }
        for (const auto count : row.picks) {
            if (picks == 0 || picks == count) compare(row.name, *embeddings, count);
        }
    }
}

}  // namespace trommel::bench
