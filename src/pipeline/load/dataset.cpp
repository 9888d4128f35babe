#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

namespace trommel {

DatasetSpec read_dataset(const Node& node, const LoadContext& load) {
    DatasetSpec dataset;
    const Node resolved = load.resolved(node);
    Section section(resolved, "the dataset", load.diagnostics());
    if (const Node* name = section.need("name")) read_name(*name, load, dataset.name);
    if (const Node* file = section.need("embeddings"))
        load.reader.read(*file, info_of("embeddings", "path"), dataset.embeddings);
    if (const Node* holdout = section.find("holdout"))
        dataset.holdout = read_source(*holdout, "the hold-out set", load);
    if (const Node* classes = section.find("classes"))
        load.reader.read(*classes, info_of("classes", "list of text"), dataset.classes);
    section.refuse_others();
    return dataset;
}

}  // namespace trommel
