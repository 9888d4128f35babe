// Predictions that a model has written to a file, joined by file name to the query set.

#include "trommel/dataset/predictions.hpp"

#include "stages/prediction_join.hpp"
#include "stages/stages.hpp"
#include "trommel/core/error.hpp"

#include <fmt/format.h>

namespace trommel::stages {
namespace {

enum class Format { automatic, jsonl, csv };

struct FileOptions {
    std::filesystem::path file{};
    Format format = Format::automatic;
    std::int64_t batch = 1024;
    std::int64_t shard = 1;
    std::int64_t shards = 1;

    bool is_csv() const {
        return format == Format::csv || (format == Format::automatic && file.extension() == ".csv");
    }
    dataset::PredictionFormat prediction_format() const {
        return is_csv() ? dataset::PredictionFormat::csv : dataset::PredictionFormat::jsonl;
    }
    dataset::FilePart part() const {
        return {static_cast<std::uint64_t>(shard), static_cast<std::uint64_t>(shards)};
    }
    dataset::LineReader open() const {
        if (shard > shards)
            throw ConfigError(fmt::format(
                "{}: there is no shard {} of {}; has the pipeline more rounds than shards?",
                file.string(),
                shard,
                shards));
        return shards == 1 ? dataset::LineReader::open(file)
                           : dataset::LineReader::open(file, part());
    }
};

void check_shards(const FileOptions& options, const StageType::Complain& complain) {
    if (options.shards > 1 && options.is_csv())
        complain(
            "shards",
            "a CSV file has no shards, because only its first has the header; write JSON Lines");
}

class ClassificationFile final : public Stage {
public:
    using Options = FileOptions;

    explicit ClassificationFile(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        PredictionJoin join(tags, options_.file, context.records, options_.part());
        std::shared_ptr<dataset::ClassificationReader> reader = dataset::open_classification(
            options_.open(),
            options_.prediction_format(),
            {.batch_size = static_cast<std::size_t>(options_.batch), .on_fault = join.on_fault()});
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
        PredictionJoin join(tags, options_.file, context.records, options_.part());
        std::shared_ptr<dataset::DetectionReader> reader = dataset::open_detections(
            options_.open(),
            {.batch_size = static_cast<std::size_t>(options_.batch), .on_fault = join.on_fault()});
        co_await send_joined(context, std::move(reader), std::move(join), out);
    }

private:
    Options options_;
};

constexpr auto file_help =
    "Every sample of the query tag must be there once, in any order; samples outside it are passed "
    "over.";

constexpr auto shard_help =
    "Which part of the file to read, from 1; usually ${round}. Samples of the preselected tag were "
    "in earlier shards: none of them may come again, and after the last shard none may be missing.";

constexpr auto shards_help = "How many parts of about equal bytes the file has.";

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
                {.required = false, .min = 1, .max = 1e6})
        .option("shard", &Options::shard, shard_help, {.required = false, .min = 1, .max = 1e6})
        .option("shards", &Options::shards, shards_help, {.required = false, .min = 1, .max = 1e6})
        .check(check_shards);
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
                {.required = false, .min = 1, .max = 1e6})
        .option("shard", &Options::shard, shard_help, {.required = false, .min = 1, .max = 1e6})
        .option("shards", &Options::shards, shards_help, {.required = false, .min = 1, .max = 1e6})
        .check(check_shards);
}

}  // namespace trommel::stages
