#include "trommel/stages/scores/score_files.hpp"

#include "stages/scores/score_output.hpp"
#include "trommel/core/error.hpp"
#include "trommel/predictions/score.hpp"
#include "trommel/runtime/cpu_pool.hpp"

#include <fmt/format.h>

#include <exception>
#include <future>
#include <map>
#include <utility>

namespace trommel::stages {
namespace {

using predictions::Chunk;
using predictions::ChunkReader;
using predictions::ScoreRules;

/// Jobs that are scored side by side, for each thread.
constexpr std::size_t jobs_a_thread = 4;

/// What became of a job.
struct Outcome {
    ScoredRows rows{};
    std::string text{};
    std::exception_ptr error{};
};

using Wave = std::vector<Chunk>;

/// Scores pieces of the input side by side and hands on what they give, in their order. While a
/// wave of them is scored, the next one is read: one piece first, then twice as many each time, so
/// that the first is soon done.
class ScoreLoop {
public:
    using Take = std::function<void(const ScoredRows& rows, const std::string& text)>;

    ScoreLoop(ChunkReader& source, const ScoreRules& rules, ScoreOutput format, std::size_t width)
        : source_(source), rules_(rules), format_(format), width_(width) {}

    void run(const Take& take) {
        for (Wave wave = read(1); !wave.empty(); wave = std::move(next_)) {
            std::vector<Outcome> outcomes(wave.size());
            parallel_for(wave.size() + 1, 1, [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) work_at(i, wave, outcomes);
            });
            for (const auto& outcome : outcomes) {
                if (outcome.error) std::rethrow_exception(outcome.error);
                take(outcome.rows, outcome.text);
            }
        }
    }

private:
    /// Task 0 is to read the next wave, the others are to score the pieces of this one.
    void work_at(std::size_t task, const Wave& wave, std::vector<Outcome>& outcomes) {
        if (task == 0)
            next_ = read(std::min(width_, 2 * wave.size()));
        else
            outcomes[task - 1] = score(wave[task - 1]);
    }

    /// What goes wrong in reading comes to light in its turn.
    Wave read(std::size_t chunks) {
        Wave wave;
        try {
            while (wave.size() < chunks) {
                auto chunk = source_.next();
                if (!chunk) break;
                wave.push_back(*std::move(chunk));
            }
        } catch (...) {
            wave.emplace_back([error = std::current_exception()]() -> predictions::Batch {
                std::rethrow_exception(error);
            });
        }
        return wave;
    }

    Outcome score(const Chunk& chunk) const {
        Outcome outcome;
        try {
            outcome.rows = predictions::score(rules_, chunk());
            outcome.text = format_rows(outcome.rows, format_);
        } catch (...) {
            outcome.error = std::current_exception();
        }
        return outcome;
    }

    ChunkReader& source_;
    const ScoreRules& rules_;
    ScoreOutput format_;
    std::size_t width_;
    Wave next_;
};

class Scoring {
public:
    Scoring(const ScoreRequest& request, const std::function<void(const ScoreProgress&)>& progress)
        : request_(request),
          progress_(progress),
          rules_(request.task, request.scores, request.config) {}

    ScoreSummary run() {
        if (rules_.needs_counting()) count();
        ScoreFile file(request_.output, request_.output_format, rules_.columns());
        pass([&](const ScoredRows& rows, const std::string& text) { file.append(rows, text); });
        return file.finish();
    }

private:
    /// The first of two passes: how many objects the images have.
    void count() {
        for (const auto& input : request_.inputs)
            if (std::filesystem::exists(input) && !std::filesystem::is_regular_file(input) &&
                !std::filesystem::is_directory(input))
                throw ConfigError(fmt::format(
                    "{}: a score that compares samples, such as object_frequency, takes two passes "
                    "over the input, so it must be a file; name the other scores by --score",
                    input.string()));
        rules_.is_counting = true;
        std::map<std::string, scoring::Extent> extents;
        for (std::size_t m = 0; m < rules_.names.size(); ++m)
            if (rules_.needs_all_samples(m)) extents[rules_.names[m]];
        pass([&](const predictions::ScoredRows& rows, const std::string&) {
            for (const auto& column : rows.columns)
                for (const double value : column.values) extents[column.name].include(value);
        });
        rules_.is_counting = false;
        rules_.extents = std::move(extents);
    }

    void pass(const ScoreLoop::Take& take) {
        auto request = rules_.read_request(request_.inputs);
        request.format = request_.format;
        request.names = request_.names;
        const auto source = open_chunks(std::move(request));
        std::uint64_t samples = 0;
        ScoreLoop loop(*source,
                       rules_,
                       rules_.is_counting ? ScoreOutput::npy : request_.output_format,
                       jobs_a_thread * request_.threads);
        loop.run([&](const ScoredRows& rows, const std::string& text) {
            take(rows, text);
            samples += rows.rows;
            if (progress_)
                progress_({.samples = samples,
                           .fraction = source->fraction(),
                           .is_counting = rules_.is_counting});
        });
    }

    const ScoreRequest& request_;
    const std::function<void(const ScoreProgress&)>& progress_;
    ScoreRules rules_;
};

}  // namespace

ScoreSummary score_files(const ScoreRequest& request,
                         const std::function<void(const ScoreProgress&)>& progress) {
    if (request.inputs.empty()) throw ConfigError("there is no input to score");
    Scoring scoring(request, progress);
    CpuPool pool(std::max(1U, request.threads));
    std::promise<ScoreSummary> promise;
    pool.post([&] {
        try {
            promise.set_value(scoring.run());
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    });
    return promise.get_future().get();
}

}  // namespace trommel::stages
