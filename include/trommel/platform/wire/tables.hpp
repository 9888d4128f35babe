// Tables: the records of Lightly's API and of trommel's part of it that a client reads as a server
// writes them, and the other way round.
#pragma once

#include "trommel/platform/platform.hpp"
#include "trommel/platform/wire/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace trommel::wire {

using AnyId = Id<struct AnyKind>;

/// CreateEntityResponse.
struct Created {
    AnyId id{};
};
template <>
inline constexpr auto fields<Created> = std::tuple{field<&Created::id>("id", Presence::needed)};

/// TagData.
template <>
inline constexpr auto fields<Tag> = std::tuple{
    field<&Tag::id>("id", Presence::needed),
    field<&Tag::dataset>("datasetId"),
    field<&Tag::previous>("prevTagId", Presence::nullable),
    field<&Tag::name>("name", Presence::needed),
    field<&Tag::mask>("bitMaskData", Presence::needed),
    field<&Tag::total>("totSize"),
    field<&Tag::created_at>("createdAt"),
    field<&Tag::query>("queryTagId", Presence::optional),
    field<&Tag::preselected>("preselectedTagId", Presence::optional),
};

/// DatasetData: a dataset with what a server keeps beside, which no client of ours reads.
struct DatasetData {
    Dataset dataset{};
    std::string user = "trommel";
    std::string type = "Images";
    std::int64_t bytes = 0;
    Timestamp changed_at{};
    std::optional<std::string> image_type{};
    std::optional<AnyId> metadata_configuration{};
    std::optional<std::int64_t> processed_until{};
    std::optional<std::string> access_role = "0b111111";
    std::optional<AnyId> parent{};
};
template <>
inline constexpr auto fields<DatasetData> = std::tuple{
    field<&DatasetData::dataset, &Dataset::id>("id", Presence::needed),
    field<&DatasetData::dataset, &Dataset::name>("name", Presence::needed),
    field<&DatasetData::user>("userId", Presence::told),
    field<&DatasetData::type>("type", Presence::told),
    field<&DatasetData::dataset, &Dataset::sample_count>("nSamples"),
    field<&DatasetData::bytes>("sizeInBytes", Presence::told),
    field<&DatasetData::dataset, &Dataset::created_at>("createdAt"),
    field<&DatasetData::changed_at>("lastModifiedAt", Presence::told),
    field<&DatasetData::image_type>("imgType", Presence::told),
    field<&DatasetData::metadata_configuration>("metaDataConfigurationId", Presence::told),
    field<&DatasetData::processed_until>("datasourceProcessedUntilTimestamp", Presence::told),
    field<&DatasetData::access_role>("accessRole", Presence::told),
    field<&DatasetData::parent>("parentDatasetId", Presence::told),
};

/// TrommelEmbedding.
template <>
inline constexpr auto fields<Embedding> = std::tuple{
    field<&Embedding::id>("id", Presence::needed),
    field<&Embedding::name>("name", Presence::needed),
    field<&Embedding::rows>("rows"),
    field<&Embedding::dimensions>("dimensions"),
    field<&Embedding::created_at>("createdAt"),
};

/// DatasetEmbeddingData.
struct ListedEmbedding {
    EmbeddingId id{};
    std::string name{};
    bool is_processed = true;
    Timestamp created_at{};
    std::optional<bool> is_2d{};
};
template <>
inline constexpr auto fields<ListedEmbedding> = std::tuple{
    field<&ListedEmbedding::id>("id", Presence::needed),
    field<&ListedEmbedding::name>("name", Presence::needed),
    field<&ListedEmbedding::is_processed>("isProcessed"),
    field<&ListedEmbedding::created_at>("createdAt"),
    field<&ListedEmbedding::is_2d>("is2d", Presence::told),
};

/// Of SampleData, what a search by name looks for; Lightly may leave out the index.
struct NamedSample {
    std::string file_name{};
    std::optional<SampleIndex> index{};
};
template <>
inline constexpr auto fields<NamedSample> = std::tuple{
    field<&NamedSample::file_name>("fileName", Presence::needed),
    field<&NamedSample::index>("index", Presence::optional),
};

/// TagActiveLearningScoresData.
struct ListedScore {
    AnyId id{};
    Score score{};
};
template <>
inline constexpr auto fields<ListedScore> = std::tuple{
    field<&ListedScore::id>("id", Presence::needed),
    field<&ListedScore::score, &Score::tag>("tagId"),
    field<&ListedScore::score, &Score::type>("scoreType", Presence::needed),
    field<&ListedScore::score, &Score::created_at>("createdAt"),
};

/// TrommelSamplingRequest.
template <>
inline constexpr auto fields<SamplingRequest> = request_fields;

/// SamplingCreateRequest: what Lightly's API can say of one.
struct StoppingCondition {
    std::optional<double> samples{};  ///< below 1 a share, below 0 no bound
    std::optional<double> min_distance{};
};
template <>
inline constexpr auto fields<StoppingCondition> = std::tuple{
    field<&StoppingCondition::samples>("nSamples", Presence::optional),
    field<&StoppingCondition::min_distance>("minDistance", Presence::optional),
};
struct SamplingConfig {
    StoppingCondition stop{};
};
template <>
inline constexpr auto fields<SamplingConfig> =
    std::tuple{field<&SamplingConfig::stop>("stoppingCondition", Presence::optional)};
struct LightlySampling {
    std::string new_tag_name{};
    SamplingMethod method = SamplingMethod::coreset;
    SamplingConfig config{};
    std::optional<TagId> preselected{};
    TagId query{};
    std::optional<std::string> score_type{};
    std::optional<std::int64_t> rows{};
};
template <>
inline constexpr auto fields<LightlySampling> = std::tuple{
    field<&LightlySampling::new_tag_name>("newTagName", Presence::needed),
    field<&LightlySampling::method>("method", Presence::needed),
    field<&LightlySampling::config>("config", Presence::optional),
    field<&LightlySampling::preselected>("preselectedTagId", Presence::optional),
    field<&LightlySampling::query>("queryTagId", Presence::optional),
    field<&LightlySampling::score_type>("scoreType", Presence::optional),
    field<&LightlySampling::rows>("rowCount", Presence::optional),
};

/// TrommelJob.
template <>
inline constexpr auto fields<JobStatus> = std::tuple_cat(
    std::tuple{
        field<&JobStatus::id>("id", Presence::needed),
        field<&JobStatus::state>("state", Presence::needed),
        field<&JobStatus::progress, &JobProgress::picks>("picks"),
        field<&JobStatus::progress, &JobProgress::wanted>("wanted", Presence::optional),
        field<&JobStatus::result>("result", Presence::optional),
        field<&JobStatus::error>("error", Presence::optional),
    },
    fields_beneath<&JobStatus::outcome>(outcome_fields),
    std::tuple{
        field<&JobStatus::dataset>("datasetId"),
        field<&JobStatus::created_at>("createdAt"),
        field<&JobStatus::finished_at>("finishedAt", Presence::optional),
    });

/// JobStatusData, which Lightly's API has of a job.
struct JobMeta {
    std::size_t total = 0;
    std::size_t processed = 0;
};
template <>
inline constexpr auto fields<JobMeta> = std::tuple{
    field<&JobMeta::total>("total"),
    field<&JobMeta::processed>("processed"),
};
struct JobResult {
    std::string type = "SAMPLING";
    std::optional<TagId> tag{};
};
template <>
inline constexpr auto fields<JobResult> = std::tuple{
    field<&JobResult::type>("type", Presence::told),
    field<&JobResult::tag>("data", Presence::optional),
};
struct LightlyJob {
    JobId id{};
    JobState state = JobState::waiting;
    double seconds_to_wait = 1;
    Timestamp created_at{};
    std::optional<Timestamp> changed_at{};
    std::optional<Timestamp> finished_at{};
    DatasetId dataset{};
    std::string error{};
    std::optional<JobMeta> meta{};
    std::optional<JobResult> result{};
};
template <>
inline constexpr auto fields<LightlyJob> = std::tuple{
    field<&LightlyJob::id>("id", Presence::needed),
    field<&LightlyJob::state>("status", Presence::needed),
    field<&LightlyJob::seconds_to_wait>("waitTimeTillNextPoll"),
    field<&LightlyJob::created_at>("createdAt"),
    field<&LightlyJob::changed_at>("lastModifiedAt", Presence::told),
    field<&LightlyJob::finished_at>("finishedAt", Presence::optional),
    field<&LightlyJob::dataset>("datasetId", Presence::optional),
    field<&LightlyJob::error>("error", Presence::optional),
    field<&LightlyJob::meta>("meta", Presence::told),
    field<&LightlyJob::result>("result", Presence::optional),
};

/// JobsData.
struct JobsData {
    ListedJob job{};
    std::string type = "SAMPLING";
};
template <>
inline constexpr auto fields<JobsData> = std::tuple{
    field<&JobsData::job, &ListedJob::id>("id", Presence::told),
    field<&JobsData::job, &ListedJob::id>("jobId", Presence::needed),
    field<&JobsData::type>("jobType"),
    field<&JobsData::job, &ListedJob::dataset>("datasetId"),
    field<&JobsData::job, &ListedJob::state>("status", Presence::needed),
    field<&JobsData::job, &ListedJob::created_at>("createdAt"),
    field<&JobsData::job, &ListedJob::finished_at>("finishedAt", Presence::optional),
};

/// A pick without its sample's name.
template <>
inline constexpr auto fields<Pick> = std::tuple{
    field<&Pick::sample>("sample"),
    field<&Pick::score>("score", Presence::optional),
    field<&Pick::distance>("distance", Presence::optional),
    field<&Pick::nearest>("nearest", Presence::optional),
};

/// TrommelPick.
struct NamedPick {
    std::string_view file_name{};
    Pick pick{};
};
template <>
inline constexpr auto fields<NamedPick> =
    std::tuple_cat(std::tuple{field<&NamedPick::file_name>("fileName", Presence::told)},
                   fields_beneath<&NamedPick::pick>(fields<Pick>));

}  // namespace trommel::wire
