#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

namespace trommel {
namespace {

MapType<DatasetSpec> dataset_type() {
    return MapType<DatasetSpec>("Dataset: the pool of samples.")
        .key(name_info("name", "Name of the dataset on the platform.", true),
             [](const Node& node, const OptionReader& reader, DatasetSpec& dataset) {
                 read_name(node, reader, dataset.name);
             })
        .key("embeddings",
             &DatasetSpec::embeddings,
             "Embeddings file; its names are the samples.",
             {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::embeddings})
        .key("names",
             &DatasetSpec::names,
             "File of names, one per line, for pipelines without embeddings.",
             {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::names})
        .one_of({"embeddings", "names"},
                {.code = "missing-key", .message = "{} needs the key 'embeddings'"},
                {.code = "ambiguous",
                 .message = "the dataset has the names that 'embeddings' has; leave one out",
                 .is_at_last = true})
        .map("holdout", &DatasetSpec::holdout, source_type(), "the hold-out set")
        .key("classes", &DatasetSpec::classes, "All classes of labels.");
}

}  // namespace

OptionInfo dataset_info() {
    return dataset_type().info().as("dataset", "Dataset: the pool of samples.");
}

DatasetSpec read_dataset(const Node& node, const OptionReader& reader) {
    DatasetSpec dataset;
    dataset_type().read(reader.resolved(node), "the dataset", reader, dataset);
    return dataset;
}

}  // namespace trommel
