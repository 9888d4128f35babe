// ServedStore: what a server keeps beside the platform that it serves: details of samples, and
// documents of any kind.
#pragma once

#include "trommel/core/sample.hpp"
#include "trommel/dataset/records.hpp"
#include "trommel/store/store_error.hpp"

#include <cstddef>
#include <memory>
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

/// Keeps details of samples, and documents, of datasets and of nobody.
///
/// Each method is one transaction, as those of Store. A dataset is known by its id alone: whether
/// its samples are there, and what documents say, is the caller's to know.
class ServedStore {
public:
    ServedStore() = default;
    ServedStore(const ServedStore&) = delete;
    ServedStore& operator=(const ServedStore&) = delete;
    virtual ~ServedStore() = default;

    /// Replaces what was known of these samples; `created_at` stays that of the first time.
    virtual void put_sample_details(const DatasetId& dataset,
                                    std::span<const SampleDetails> details) = 0;
    /// Of the samples of a slice that have any, by index.
    virtual std::vector<SampleDetails> sample_details(const DatasetId& dataset, Slice slice) = 0;

    /// Adds the document, or changes body and time of the one that is there; returns the id that
    /// it has then.
    virtual std::string put_document(const Document& document) = 0;
    virtual std::optional<Document> document(std::string_view kind, std::string_view id) = 0;
    virtual std::optional<Document> find_document(const DocumentFilter& filter,
                                                  std::string_view key) = 0;
    virtual std::vector<Document> documents(const DocumentFilter& filter) = 0;
    /// Does nothing if there is none.
    virtual void delete_document(std::string_view kind, std::string_view id) = 0;

    /// Deletes all that is kept of a dataset that has been deleted. Does nothing if there is
    /// nothing.
    virtual void forget_dataset(const DatasetId& id) = 0;
    /// As that of Store, for what was forgotten.
    virtual bool remove_some() = 0;

    /// Another view of the same store, which only reads, also on another thread at the same time.
    virtual std::unique_ptr<ServedStore> reader() = 0;

    /// As that of Store.
    virtual void flush() = 0;
};

}  // namespace trommel::store
