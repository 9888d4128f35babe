// What flows between stages. Each type is a port: lint lets a stage receive only what it declares.
#pragma once

#include "trommel/core/matrix.hpp"
#include "trommel/core/sample.hpp"
#include "trommel/learning/linear_probe.hpp"
#include "trommel/learning/standardizer.hpp"
#include "trommel/platform/platform.hpp"
#include "trommel/scoring/object_detection.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel {

/// One batch or value on its way from a stage to the next; shared by all its readers, so never
/// changed.
///
/// A port type also has `static constexpr std::string_view port`, its name in `trommel components`.
struct Payload {
    Payload() = default;
    Payload(const Payload&) = default;
    Payload(Payload&&) = default;
    Payload& operator=(const Payload&) = default;
    Payload& operator=(Payload&&) = default;
    virtual ~Payload() = default;

    /// How many samples it speaks of, for progress.
    virtual std::size_t records() const { return 1; }
    /// Roughly what it holds in memory, for the bound of the channel.
    virtual std::size_t bytes() const { return 64; }
};

using PayloadPtr = std::shared_ptr<const Payload>;

/// For the byte bound of channels.
inline std::size_t weight(const PayloadPtr& payload) { return payload->bytes(); }

/// The samples of a round: where to choose from and what is chosen already.
struct TagSet final : Payload {
    static constexpr std::string_view port = "tag";

    Dataset dataset{};
    std::shared_ptr<const std::vector<std::string>> names{};  ///< file names by sample index
    Tag query{};
    std::optional<Tag> preselected{};
    std::optional<Tag> holdout{};  ///< never chosen, never trained on
    std::vector<Pick> added{};     ///< what the selection that made it chose, in that order
    SelectionOutcome outcome{};    ///< of that selection

    const std::string& name(SampleIndex sample) const { return (*names)[sample]; }
    std::size_t records() const override { return query.mask.count(); }
};

using TagSetPtr = std::shared_ptr<const TagSet>;

/// Answers of an oracle.
struct LabelBatch final : Payload {
    static constexpr std::string_view port = "labels";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    std::vector<std::string> labels{};   ///< (samples) names of classes
    std::vector<std::string> classes{};  ///< all that the oracle may answer, if it knows

    /// Adds the samples and labels of a further batch.
    void append(const LabelBatch& batch) {
        of = batch.of;
        samples.insert(samples.end(), batch.samples.begin(), batch.samples.end());
        labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
    }

    /// Those of the given samples alone.
    LabelBatch restricted_to(const BitMask& wanted) const {
        LabelBatch rest;
        rest.of = of;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (!wanted.contains(samples[i])) continue;
            rest.samples.push_back(samples[i]);
            rest.labels.push_back(labels[i]);
        }
        return rest;
    }

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override { return samples.size() * 40; }
};

/// A trained linear probe.
struct LinearProbeModel final : Payload {
    static constexpr std::string_view port = "model.linear_probe";

    TagSetPtr of{};
    learning::Standardizer standardizer{};
    learning::LinearProbe probe{};
    std::vector<std::string> classes{};  ///< names, by the probe's class index
};

/// A model that a program of the user's has left in a directory.
struct DirectoryModel final : Payload {
    static constexpr std::string_view port = "model.directory";

    TagSetPtr of{};
    std::filesystem::path directory{};
};

/// Class probabilities.
struct ClassificationBatch final : Payload {
    static constexpr std::string_view port = "predictions.classification";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    Probabilities probs{};  ///< (samples, classes), rows sum to 1
    scoring::Precision precision = scoring::Precision::f64;

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override { return probs.values().size_bytes(); }
};

/// Detected objects.
struct DetectionBatch final : Payload {
    static constexpr std::string_view port = "predictions.object_detection";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    std::vector<scoring::ObjectDetectionOutput> outputs{};  ///< (samples)

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override { return samples.size() * 1024; }
};

/// Scores of some samples, one column a score type; higher means label sooner.
struct ScoreBatch final : Payload {
    static constexpr std::string_view port = "scores";

    TagSetPtr of{};
    std::vector<SampleIndex> samples{};
    scoring::Scores columns{};  ///< each with as many values as there are samples

    std::size_t records() const override { return samples.size(); }
    std::size_t bytes() const override { return samples.size() * 8 * (columns.size() + 1); }
};

/// A selection that has been asked for.
struct SamplingJob final : Payload {
    static constexpr std::string_view port = "job";

    TagSetPtr of{};
    JobId id{};
};

/// Measured values of a round.
struct Metrics final : Payload {
    static constexpr std::string_view port = "metrics";

    TagSetPtr of{};
    std::vector<std::pair<std::string, double>> values{};
};

}  // namespace trommel
