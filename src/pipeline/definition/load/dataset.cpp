#include "pipeline/definition/load/sections.hpp"
#include "pipeline/definition/reader/names.hpp"
#include "trommel/pipeline/definition/reader/map_type.hpp"

namespace trommel {
namespace {

MapType<DatasetSpec> dataset_type() {
    return MapType<DatasetSpec>("The pool.")
        .key(name_info("name", "What the platform calls it.", true),
             [](const Node& node, const OptionReader& reader, DatasetSpec& dataset) {
                 read_name(node, reader, dataset.name);
             })
        .key("embeddings",
             &DatasetSpec::embeddings,
             "A file of embeddings, and so of names.",
             {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::embeddings})
        .key("names",
             &DatasetSpec::names,
             "A file of names, one a line, where nothing needs embeddings.",
             {.required = false, .min = {}, .max = {}, .form = dataset::FileForm::names})
        .one_of({"embeddings", "names"},
                {.code = "missing-key", .message = "{} needs the key 'embeddings'"},
                {.code = "ambiguous",
                 .message = "the dataset has the names that 'embeddings' has; leave one out",
                 .is_at_last = true})
        .map("holdout", &DatasetSpec::holdout, source_type(), "the hold-out set")
        .key("classes", &DatasetSpec::classes, "All classes that a label may name.");
}

}  // namespace

OptionInfo dataset_info() { return dataset_type().info().as("dataset", "The pool."); }

DatasetSpec read_dataset(const Node& node, const OptionReader& reader) {
    DatasetSpec dataset;
    dataset_type().read(reader.resolved(node), "the dataset", reader, dataset);
    return dataset;
}

}  // namespace trommel
