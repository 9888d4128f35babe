#include "pipeline/load/section.hpp"
#include "pipeline/load/sections.hpp"

namespace trommel {

DatasetSpec read_dataset(const Node& node, const LoadContext& load) {
    DatasetSpec dataset;
    const Node resolved = load.resolved(node);
    Section section(resolved, "the dataset", load.diagnostics());
    if (const Node* name = section.need("name")) read_name(*name, load, dataset.name);
    const Node* names = section.find("names");
    const Node* file = names == nullptr ? section.need("embeddings") : section.find("embeddings");
    using Form = dataset::FileForm;
    if (file != nullptr)
        load.reader.read(*file, path_info("embeddings", Form::embeddings), dataset.embeddings);
    if (names != nullptr) load.reader.read(*names, path_info("names", Form::names), dataset.names);
    if (file != nullptr && names != nullptr)
        load.diagnostics().error(names->place(),
                                 "ambiguous",
                                 "the dataset has the names that 'embeddings' has; leave one out");
    if (const Node* holdout = section.find("holdout"))
        dataset.holdout = read_source(*holdout, "the hold-out set", load);
    if (const Node* classes = section.find("classes"))
        load.reader.read(*classes, info_of("classes", "list of text"), dataset.classes);
    section.refuse_others();
    return dataset;
}

}  // namespace trommel
