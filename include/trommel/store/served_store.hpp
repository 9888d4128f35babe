// ServedStore: what a server keeps beside what a Platform needs: details of datasets and samples,
// and documents of any kind.
#pragma once

#include "trommel/store/store.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trommel::store {

/// A text that is kept under (kind, dataset, owner, key), once for each.
struct Document {
    std::string id{};                    ///< unique among all documents
    std::string kind{};                  ///< what it is: `metadata-configuration`
    std::optional<DatasetId> dataset{};  ///< it goes with it; none for what is nobody's
    std::string owner{};                 ///< what it is about within the dataset; may be empty
    std::string key{};                   ///< its name there; may be empty
    std::string body{};
    Timestamp created_at{};
    Timestamp changed_at{};
};

/// Which documents: those of a kind, and of a dataset and an owner where these are given.
struct DocumentFilter {
    std::string kind{};
    std::optional<DatasetId> dataset{};
    std::optional<std::string> owner{};
};

/// What is known of a sample beside its name.
struct SampleDetails {
    SampleIndex sample = 0;
    std::string body{};  ///< a JSON object
    Timestamp created_at{};
    Timestamp changed_at{};
};

/// A part of a list: `count` rows after the first `first` ones.
struct Slice {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// As Store; may be open on the same file as other stores at the same time.
class ServedStore : public Store {
public:
    virtual std::vector<Dataset> datasets() = 0;
    /// Refuses a name that is taken.
    virtual void rename_dataset(const DatasetId& id, std::string_view name) = 0;
    /// With all that belongs to it.
    virtual void delete_dataset(const DatasetId& id) = 0;

    virtual std::optional<SampleIndex> find_sample(const DatasetId& dataset,
                                                   std::string_view name) = 0;
    virtual std::optional<std::string> sample_name(const DatasetId& dataset,
                                                   SampleIndex sample) = 0;
    /// Replaces what was known of these samples; `created_at` stays that of the first time.
    virtual void put_sample_details(const DatasetId& dataset,
                                    std::span<const SampleDetails> details) = 0;
    /// Of the samples of a slice that have any, by index.
    virtual std::vector<SampleDetails> sample_details(const DatasetId& dataset, Slice slice) = 0;

    /// Gives the tag another name or other samples. Refuses a name that is taken, other samples of
    /// the initial tag, and other samples of a tag that an unfinished job reads.
    virtual void change_tag(const TagId& id,
                            std::string_view name,
                            const std::optional<BitMask>& mask) = 0;
    /// Lets the initial tag have all samples of the dataset, and adds `added` for those that are
    /// new to it, perhaps none; all tags then know how many samples there are. Refuses while an
    /// unfinished job reads the initial tag.
    virtual void grow_tags(const TagId& initial, const Tag& added) = 0;

    /// Adds the embeddings, and deletes the document of this kind under their id, which has
    /// announced them. Does nothing and returns false if there is no such document.
    virtual bool add_announced_embedding(std::string_view kind,
                                         const Embedding& embedding,
                                         const Matrix& rows) = 0;
    /// Refuses embeddings that an unfinished job reads.
    virtual void delete_embedding(const EmbeddingId& id) = 0;

    /// Of all datasets, oldest first.
    virtual std::vector<Job> jobs() = 0;

    /// Adds the document, or changes body and time of the one that is there; returns the id that
    /// it has then.
    virtual std::string put_document(const Document& document) = 0;
    virtual std::optional<Document> document(std::string_view kind, std::string_view id) = 0;
    virtual std::optional<Document> find_document(const DocumentFilter& filter,
                                                  std::string_view key) = 0;
    virtual std::vector<Document> documents(const DocumentFilter& filter) = 0;
    /// Does nothing if there is none.
    virtual void delete_document(std::string_view kind, std::string_view id) = 0;
};

}  // namespace trommel::store
