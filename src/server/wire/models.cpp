#include "server/wire/models.hpp"

#include "server/wire/record_schema.hpp"

#include <utility>

namespace trommel::server {

namespace {

using schema::answer;
using schema::anything;
using schema::id;
using schema::integer;
using schema::list;
using schema::name;
using schema::natural;
using schema::nullable;
using schema::number;
using schema::object;
using schema::open_object;
using schema::optional;
using schema::optional_name;
using schema::reference;
using schema::request;
using schema::required;
using schema::Schema;
using schema::text;
using schema::time;
using schema::truth;
using schema::with;
using schema::words;

using Models = std::map<std::string, Schema, std::less<>>;

Schema creator() {
    return words({"UNKNOWN",
                  "USER_WEBAPP",
                  "USER_PIP",
                  "USER_PIP_LIGHTLY_MAGIC",
                  "USER_WORKER",
                  "SAMPLER_ACTIVE_LEARNING",
                  "SAMPLER_CORAL",
                  "SAMPLER_CORESET",
                  "SAMPLER_RANDOM"});
}

Schema image_type() { return words({"full", "thumbnail", "meta"}); }

void add_general(Models& models) {
    models["ApiErrorResponse"] = object({required("code", text()), required("error", text())});
    models["CreateEntityResponse"] = answer<wire::Created>();
    models["Health"] = object({required("status", text())});
    models["Readiness"] = object(
        {required("status", text()),
         required("reasons", list(object({required("part", text()), required("error", text())})))});
    models["UsersQuota"] = object({required("maxDatasetSize", integer())});
    models["TrommelVersion"] = object({required("name", text()), required("version", text())});
}

void add_datasets(Models& models) {
    models["DatasetCreateRequest"] = open_object({required("name", name()),
                                                  optional("type", optional_name()),
                                                  optional("imgType", image_type()),
                                                  optional("creator", optional_name()),
                                                  optional("parentDatasetId", nullable(id()))});
    models["DatasetUpdateRequest"] = open_object({required("name", name())});
    models["DatasetData"] = with(answer<wire::DatasetData>(), {optional("imgType", image_type())});
    models["DatasourceProcessedUntilTimestamp"] =
        object({required("processedUntilTimestamp", integer())});
    models["DatasetUploadRequest"] = open_object({});
    models["DatasetMetadataConfigurationRequest"] =
        open_object({optional("metaDataConfigurationId", optional_name())});
}

void add_samples(Models& models) {
    const auto details = [](Schema file_name) {
        return open_object({{"fileName", std::move(file_name), true},
                            optional("thumbName", optional_name()),
                            optional("exif", open_object({})),
                            optional("metaData", open_object({})),
                            optional("customMetaData", open_object({})),
                            optional("videoFrameData", open_object({})),
                            optional("cropData", open_object({}))});
    };
    models["SampleCreateRequest"] = details(name());
    auto update = details(optional_name());
    update.erase("required");
    models["SampleUpdateRequest"] = std::move(update);
    models["SampleData"] = object({required("id", id()),
                                   required("type", words({"IMAGE", "VIDEO_FRAME", "CROP"})),
                                   required("fileName", text()),
                                   required("datasetId", id()),
                                   required("index", integer()),
                                   optional("createdAt", time()),
                                   optional("lastModifiedAt", time()),
                                   optional("thumbName", text()),
                                   optional("exif", anything()),
                                   optional("metaData", anything()),
                                   optional("customMetaData", anything()),
                                   optional("videoFrameData", anything()),
                                   optional("cropData", anything())});
    auto partial = models["SampleData"];
    partial["required"] = boost::json::array{"id"};
    models["SampleDataModes"] = std::move(partial);
    models["SampleWriteUrls"] = object({required("full", text()), required("thumb", text())});
    models["CreateSampleWithWriteUrlsResponse"] =
        object({required("id", id()), required("sampleWriteUrls", reference("SampleWriteUrls"))});
    models["TrommelSamplesRequest"] = open_object({required("fileNames", list(name()))});
    models["TrommelSamples"] = object({required("total", integer())});
}

void add_tags(Models& models) {
    models["InitialTagCreateRequest"] = open_object({optional("imgType", image_type()),
                                                     optional("name", optional_name()),
                                                     optional("creator", creator()),
                                                     optional("runId", optional_name())});
    models["TagCreateRequest"] = open_object({required("name", name()),
                                              required("prevTagId", name()),
                                              required("bitMaskData", text()),
                                              optional("totSize", integer()),
                                              optional("creator", creator())});
    models["TagUpdateRequest"] =
        open_object({required("name", name()), optional("bitMaskData", text())});
    models["TagUpsizeRequest"] = open_object({required("upsizeTagName", name()),
                                              optional("upsizeTagCreator", creator()),
                                              optional("runId", optional_name())});
    models["TagData"] = answer<Tag>();
    models["TagArithmeticsRequest"] =
        open_object({required("tagId1", name()),
                     required("tagId2", name()),
                     required("operation", words({"UNION", "INTERSECTION", "DIFFERENCE"})),
                     optional("newTagName", optional_name()),
                     optional("creator", creator())});
    models["TagBitMaskResponse"] = object({required("bitMaskData", text())});
}

void add_exports(Models& models) {
    models["FilenameAndReadUrl"] =
        object({required("fileName", text()), required("readUrl", text())});
    models["LabelStudioTaskData"] = object({required("image", text()),
                                            optional("lightlyFileName", text()),
                                            optional("lightlyMetaInfo", anything())});
    models["LabelStudioTask"] =
        object({required("id", integer()), required("data", reference("LabelStudioTaskData"))});
    models["LabelBoxDataRow"] =
        object({required("externalId", text()), required("imageUrl", text())});
    models["LabelBoxV4DataRow"] = object({required("row_data", text()),
                                          optional("global_key", text()),
                                          optional("media_type", text())});
    models["SamaTaskData"] = object({required("id", integer()),
                                     required("url", text()),
                                     optional("image", text()),
                                     optional("lightlyFileName", text()),
                                     optional("lightlyMetaInfo", anything())});
    models["SamaTask"] = object({optional("priority", integer()),
                                 optional("reserve_for", text()),
                                 required("data", reference("SamaTaskData"))});
}

void add_embeddings(Models& models) {
    const auto method = words({"PCA", "TSNE", "UMAP"});
    models["DatasetEmbeddingData"] = answer<wire::ListedEmbedding>();
    models["WriteCSVUrlData"] =
        object({required("signedWriteUrl", text()), required("embeddingId", id())});
    models["Trigger2dEmbeddingJobRequest"] =
        open_object({required("dimensionalityReductionMethod", method)});
    models["Embedding2dCreateRequest"] =
        open_object({required("name", name()),
                     required("dimensionalityReductionMethod", method),
                     required("coordinatesDimension1", list(number())),
                     required("coordinatesDimension2", list(number()))});
    models["Embedding2dData"] = object({required("id", id()),
                                        required("datasetId", id()),
                                        required("embeddingId", id()),
                                        required("name", text()),
                                        required("createdAt", time()),
                                        required("dimensionalityReductionMethod", method),
                                        optional("coordinatesDimension1", list(number())),
                                        optional("coordinatesDimension2", list(number()))});
    models["EmbeddingIsProcessedRequest"] = open_object({optional("rowCount", integer())});
    models["TrommelEmbedding"] = answer<Embedding>();
}

void add_scores(Models& models) {
    models["ActiveLearningScoreCreateRequest"] =
        open_object({required("scoreType", name()), required("scores", list(number()))});
    models["TagActiveLearningScoresData"] = answer<wire::ListedScore>();
    models["ActiveLearningScoreData"] = object({required("id", id()),
                                                required("tagId", id()),
                                                required("scoreType", text()),
                                                required("scores", list(number())),
                                                required("createdAt", time())});
    models["PredictionScoresData"] = object(
        {required("id", id()), required("scoreType", text()), required("createdAt", time())});
}

void add_sampling(Models& models) {
    models["SamplingCreateRequest"] = request<wire::LightlySampling>();
    models["AsyncTaskData"] = object({required("jobId", text())});
    models["TrommelSamplingRequest"] = request<SamplingRequest>();
}

void add_job_models(Models& models) {
    models["JobStatusDataResult"] =
        with(answer<wire::JobResult>(), {required("type", words({"SAMPLING"}))});
    models["JobStatusMeta"] = answer<wire::JobMeta>();
    models["JobStatusData"] = with(answer<wire::LightlyJob>(),
                                   {required("waitTimeTillNextPoll", integer()),
                                    optional("meta", reference("JobStatusMeta")),
                                    optional("result", reference("JobStatusDataResult"))});
    models["JobsData"] = answer<wire::JobsData>();
    models["TrommelJob"] = answer<JobStatus>();
    models["TrommelPick"] = answer<wire::NamedPick>();
}

void add_predictions(Models& models) {
    const auto type = words({"CLASSIFICATION",
                             "OBJECT_DETECTION",
                             "SEMANTIC_SEGMENTATION",
                             "INSTANCE_SEGMENTATION",
                             "KEYPOINT_DETECTION"});
    models["PredictionTaskCategory"] =
        open_object({required("id", integer()), required("name", name())});
    models["PredictionTaskSchema"] =
        open_object({required("name", name()),
                     required("type", type),
                     required("categories", list(reference("PredictionTaskCategory")))});
    models["PredictionSingleton"] = open_object({required("type", type),
                                                 required("taskName", name()),
                                                 required("categoryId", integer()),
                                                 required("score", number()),
                                                 optional("probabilities", list(number())),
                                                 optional("bbox", list(number())),
                                                 optional("segmentation", list(integer())),
                                                 optional("keypoints", list(number())),
                                                 optional("cropDatasetId", optional_name()),
                                                 optional("cropSampleId", optional_name())});
}

void add_metadata(Models& models) {
    const auto entry = open_object({required("name", name()),
                                    required("path", optional_name()),
                                    required("defaultValue", anything()),
                                    required("valueDataType",
                                             words({"NUMERIC_INT",
                                                    "NUMERIC_FLOAT",
                                                    "CATEGORICAL_STRING",
                                                    "CATEGORICAL_INT",
                                                    "CATEGORICAL_BOOLEAN",
                                                    "CATEGORICAL_DATETIME",
                                                    "CATEGORICAL_TIMESTAMP",
                                                    "OTHER_STRING"}))});
    models["ConfigurationEntry"] = entry;
    models["ConfigurationSetRequest"] = open_object(
        {required("name", name()), required("configs", list(reference("ConfigurationEntry")))});
    models["ConfigurationData"] =
        object({required("id", id()),
                required("name", text()),
                required("configs", list(reference("ConfigurationEntry"))),
                required("createdAt", time()),
                required("lastModifiedAt", time())});
}

void add_workers(Models& models) {
    const auto labels = list(optional_name());
    const auto priority = words({"LOW", "MID", "HIGH", "CRITICAL"});
    models["DockerWorkerCreateRequest"] = open_object({required("name", name()),
                                                       required("workerType", name()),
                                                       optional("labels", labels),
                                                       optional("creator", creator())});
    models["DockerWorker"] = object({required("id", id()),
                                     required("userId", text()),
                                     required("name", text()),
                                     required("workerType", text()),
                                     required("state", words({"OFFLINE"})),
                                     required("createdAt", time()),
                                     required("lastModifiedAt", time()),
                                     required("labels", labels)});
    models["DockerWorkerConfigCreateRequest"] =
        open_object({required("config", open_object({})), optional("creator", creator())});
    models["DockerWorkerConfig"] = object(
        {required("id", id()), required("config", open_object({})), required("createdAt", time())});
    models["DockerRunScheduledCreateRequest"] = open_object({required("configId", id()),
                                                             required("priority", priority),
                                                             optional("runsOn", labels),
                                                             optional("creator", creator())});
    models["DockerRunScheduled"] = object({required("id", id()),
                                           required("datasetId", id()),
                                           required("configId", id()),
                                           required("priority", priority),
                                           required("runsOn", labels),
                                           required("state", words({"OPEN"})),
                                           required("createdAt", time()),
                                           required("lastModifiedAt", time())});
}

void add_datasources(Models& models) {
    models["DatasourceVerification"] =
        object({required("canRead", truth()),
                required("canWrite", truth()),
                required("canList", truth()),
                required("canOverwrite", truth()),
                required("errors",
                         object({required("canRead", text()),
                                 required("canWrite", text()),
                                 required("canList", text()),
                                 required("canOverwrite", text())}))});
    models["SharedAccessConfigCreateRequest"] = open_object({required("accessType", name()),
                                                             optional("users", list(name())),
                                                             optional("teams", list(name())),
                                                             optional("creator", creator())});
    models["SharedAccessConfig"] = object({required("id", id()),
                                           required("owner", text()),
                                           required("accessType", text()),
                                           required("users", list(text())),
                                           required("teams", list(text())),
                                           required("createdAt", time()),
                                           required("lastModifiedAt", time())});
}

void add_administration(Models& models) {
    const auto role = words({"read", "write", "admin"});
    models["TrommelTokenRequest"] = object({required("name", name()),
                                            required("role", role),
                                            optional("team", optional_name()),
                                            optional("expiresAt", time()),
                                            optional("expires_in", integer(1, 1'000'000'000))});
    models["TrommelNewToken"] = object({required("id", id()), required("token", text())});
    models["TrommelToken"] = object({required("id", id()),
                                     required("name", text()),
                                     required("role", role),
                                     optional("team", text()),
                                     required("createdAt", time()),
                                     optional("expiresAt", time())});
}

Models all_models() {
    Models models;
    add_general(models);
    add_datasets(models);
    add_samples(models);
    add_tags(models);
    add_exports(models);
    add_embeddings(models);
    add_scores(models);
    add_sampling(models);
    add_job_models(models);
    add_predictions(models);
    add_metadata(models);
    add_workers(models);
    add_datasources(models);
    add_administration(models);
    return models;
}

}  // namespace

Schema schema::state_of_job() {
    return words({"UNKNOWN", "WAITING", "RUNNING", "FAILED", "FINISHED"});
}

Schema schema::sampling_method() {
    return words({"RANDOM", "CORESET", "CORAL", "ACTIVE_LEARNING"});
}

std::vector<schema::Member> schema::strategy() {
    return {optional("method", sampling_method()),
            optional("strategy", optional_name()),
            optional("settings", open_object({})),
            optional("goals", list(optional_name())),
            optional("thresholds", list(optional_name()))};
}

const std::map<std::string, Schema, std::less<>>& models() {
    static const Models all = all_models();
    return all;
}

const Schema& model(std::string_view name_or_reference) {
    const auto name = name_or_reference.substr(name_or_reference.rfind('/') + 1);
    return models().find(name)->second;
}

}  // namespace trommel::server
