// Predictions that a model has written to a file, joined by file name to the query set.

#include "trommel/dataset/predictions.hpp"

#include "stages/prediction_join.hpp"
#include "stages/stages.hpp"

namespace trommel::stages {
namespace {

enum class Format { automatic, jsonl, csv };

struct FileOptions {
    std::filesystem::path file{};
    Format format = Format::automatic;
    std::int64_t batch = 1024;

    dataset::PredictionFormat prediction_format() const {
        const bool csv =
            format == Format::csv || (format == Format::automatic && file.extension() == ".csv");
        return csv ? dataset::PredictionFormat::csv : dataset::PredictionFormat::jsonl;
    }
};

class ClassificationFile final : public Stage {
public:
    using Options = FileOptions;

    explicit ClassificationFile(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        PredictionJoin join(tags, options_.file, context.records);
        std::shared_ptr<dataset::ClassificationReader> reader =
            dataset::open_classification(dataset::LineReader::open(options_.file),
                                         options_.prediction_format(),
                                         static_cast<std::size_t>(options_.batch),
                                         join.on_fault());
        co_await send_joined(context, std::move(reader), std::move(join), out);
    }

private:
    Options options_;
};

class DetectionFile final : public Stage {
public:
    using Options = FileOptions;

    explicit DetectionFile(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        PredictionJoin join(tags, options_.file, context.records);
        std::shared_ptr<dataset::DetectionReader> reader =
            dataset::open_detections(dataset::LineReader::open(options_.file),
                                     static_cast<std::size_t>(options_.batch),
                                     join.on_fault());
        co_await send_joined(context, std::move(reader), std::move(join), out);
    }

private:
    Options options_;
};

constexpr auto file_help =
    "Every sample of the query tag must be there once, in any order; samples outside it are passed "
    "over.";

}  // namespace

StageType predictions_classification() {
    using Options = FileOptions;
    return StageType::of<ClassificationFile>(
               "predictions.classification",
               "Reads class probabilities that a model has written to a file.")
        .reads<TagSet>()
        .sends<ClassificationBatch>()
        .records_may_fail()
        .option("file", &Options::file, file_help, {.required = true, .min = {}, .max = {}})
        .choice("format",
                &Options::format,
                "How the file is written; auto goes by its name.",
                {{"auto", Format::automatic}, {"jsonl", Format::jsonl}, {"csv", Format::csv}})
        .option("batch",
                &Options::batch,
                "Samples in a batch.",
                {.required = false, .min = 1, .max = 1e6});
}

StageType predictions_object_detection() {
    using Options = FileOptions;
    return StageType::of<DetectionFile>(
               "predictions.object_detection",
               "Reads detected objects, JSONL, that a model has written to a file.")
        .reads<TagSet>()
        .sends<DetectionBatch>()
        .records_may_fail()
        .option("file", &Options::file, file_help, {.required = true, .min = {}, .max = {}})
        .option("batch",
                &Options::batch,
                "Samples in a batch.",
                {.required = false, .min = 1, .max = 1e6});
}

}  // namespace trommel::stages
