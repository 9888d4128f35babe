// Predictions that a model has written to a file, joined by file name to the query set.
#pragma once

#include "stages/join/prediction_join.hpp"
#include "trommel/core/error.hpp"
#include "trommel/pipeline/stage/stage_type.hpp"
#include "trommel/predictions/format.hpp"
#include "trommel/predictions/reader.hpp"
#include "trommel/predictions/score_settings.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <fmt/format.h>

namespace trommel::stages {

struct PredictionFileOptions {
    std::filesystem::path file{};
    const predictions::Format* format = nullptr;  ///< null: by the file's name
    std::filesystem::path names{};
    std::string member{};
    std::string prediction_task{};
    std::int64_t batch = 1024;
    std::int64_t shard = 1;
    std::int64_t shards = 1;
    OnMissing on_missing = OnMissing::fail;

    /// JSON Lines where neither the option nor the name tells another.
    const predictions::Format& actual_format() const {
        if (format != nullptr) return *format;
        const auto* const told = predictions::format_by_name(file);
        return told != nullptr ? *told : predictions::formats().front();
    }

    /// Throws ConfigError on a shard that is not there.
    predictions::ReadRequest request() const {
        if (shard > shards)
            throw ConfigError(fmt::format(
                "{}: there is no shard {} of {}; has the pipeline more rounds than shards?",
                file.string(),
                shard,
                shards));
        predictions::ReadRequest request;
        request.inputs = {file};
        request.format = &actual_format();
        request.names = names;
        request.member = member;
        request.prediction_task = prediction_task;
        request.part = {static_cast<std::uint64_t>(shard), static_cast<std::uint64_t>(shards)};
        request.batch_size = static_cast<std::size_t>(batch);
        return request;
    }
};

void check_prediction_file(const PredictionFileOptions& options,
                           const StageType::Complain& complain);

/// `auto`, which is null, and the names of all formats.
std::vector<std::pair<std::string, const predictions::Format*>> format_choices();

template <typename Batch>
class PredictionsOfFile final : public Stage {
public:
    using Options = PredictionFileOptions;

    explicit PredictionsOfFile(Options options) : options_(std::move(options)) {}

    asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) override {
        auto tags = co_await in.value<TagSet>();
        predictions::ReadRequest request = options_.request();
        JoinOptions how{
            .file = options_.file, .part = request.part, .on_missing = options_.on_missing};
        PredictionJoin join(tags, context, std::move(how));
        request.on_fault = join.on_fault();
        auto reader = co_await on_io(context.io, predictions::open_batches<Batch>, request);
        co_await send_joined(context, std::move(reader), std::move(join), out);
    }

private:
    Options options_;
};

/// Reads the first record, which shows whether the file has those of the task.
template <typename Batch>
void open_first(const PredictionFileOptions& options) {
    predictions::ReadRequest request = options.request();
    request.batch_size = 1;
    predictions::open_batches<Batch>(std::move(request))->next();
}

inline constexpr auto file_help =
    "Prediction file with every sample of the query tag once, in any order; a folder has Lightly's "
    "form.";

inline constexpr auto missing_help =
    "What names that do not match do, beside being listed in names-ROUND.csv in the stage's "
    "directory. fail: end the round. skip: leave out samples without a prediction, and pass over "
    "names that the dataset does not have. default: the same, but such samples are predicted as by "
    "a model that knows nothing, all classes alike, nothing found. A name that comes twice always "
    "ends the round.";

inline constexpr auto shard_help =
    "Which part of the file to read, from 1; usually ${round}. Samples of the preselected tag were "
    "in earlier shards: none of them may come again, and after the last shard none may be missing.";

inline constexpr auto shards_help = "How many parts of about equal bytes the file has.";

template <typename Batch, typename Sent>
StageType predictions_type(std::string name, std::string help) {
    using Options = PredictionFileOptions;
    return StageType::of<PredictionsOfFile<Batch>>(std::move(name), std::move(help))
        .template reads<TagSet>()
        .template sends<Sent>()
        .records_may_fail()
        .option("file",
                &Options::file,
                file_help,
                {.required = true, .min = {}, .max = {}, .form = dataset::FileForm::predictions})
        .opens("file", open_first<Batch>)
        .choice("format",
                &Options::format,
                "File format; auto: by the file name. Some tasks lack some formats.",
                format_choices())
        .option("names",
                &Options::names,
                "File names of array rows, one per line; default: row numbers from 0.",
                {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::names})
        .option(predictions::member.name, &Options::member, predictions::member.help)
        .option(predictions::prediction_task.name,
                &Options::prediction_task,
                predictions::prediction_task.help)
        .option("batch",
                &Options::batch,
                "Samples per batch.",
                {.required = false, .min = 1, .max = 1e6})
        .option("shard", &Options::shard, shard_help, {.required = false, .min = 1, .max = 1e6})
        .option("shards", &Options::shards, shards_help, {.required = false, .min = 1, .max = 1e6})
        .choice("on_missing",
                &Options::on_missing,
                missing_help,
                {{"fail", OnMissing::fail},
                 {"default", OnMissing::use_default},
                 {"skip", OnMissing::skip}})
        .check(check_prediction_file);
}

}  // namespace trommel::stages
