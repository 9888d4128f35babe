// The ServedStore over one Database.
#pragma once

#include "store/sqlite_database.hpp"
#include "store/sqlite_schema.hpp"
#include "trommel/store/sqlite_store.hpp"

namespace trommel::store {

class SqliteServedStore final : public ServedStore {
public:
    /// Where the datasets are of which something is kept.
    enum class Datasets {
        in_this_database,  ///< with a SqliteStore; what is kept goes with them
        elsewhere,  ///< rows of theirs appear here as soon as something is kept, with ids only
    };

    SqliteServedStore(const std::filesystem::path& path,
                      const SqliteOptions& options,
                      Datasets datasets);

    void put_sample_details(const DatasetId& dataset,
                            std::span<const SampleDetails> details) override;
    std::vector<SampleDetails> sample_details(const DatasetId& dataset, Slice slice) override;
    std::string put_document(const Document& document) override;
    std::optional<Document> document(std::string_view kind, std::string_view id) override;
    std::optional<Document> find_document(const DocumentFilter& filter,
                                          std::string_view key) override;
    std::vector<Document> documents(const DocumentFilter& filter) override;
    void delete_document(std::string_view kind, std::string_view id) override;
    void forget_dataset(const DatasetId& id) override;
    bool remove_some() override;
    std::unique_ptr<ServedStore> reader() override;
    void flush() override;

private:
    std::optional<std::int64_t> find_number(const DatasetId& dataset);
    /// Throws not_found where the dataset has to be in this database and is not.
    std::int64_t number_to_keep_under(const DatasetId& dataset);

    Database database_;
    Datasets datasets_;
    SyncedLog log_{database_};
};

}  // namespace trommel::store
