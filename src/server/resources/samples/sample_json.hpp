// SampleData, one and many.
#pragma once

#include "server/routing/call.hpp"
#include "server/wire/sample_ids.hpp"
#include "trommel/http/message.hpp"
#include "trommel/store/served_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trommel::server {

/// How much of each sample a list has: `?mode=ids`, `fileNames`, `full`.
enum class SampleMode { ids, file_names, full };

/// The samples of one dataset as JSON.
class SampleWriter {
public:
    SampleWriter(DatasetId dataset, SampleMode mode)
        : dataset_(std::move(dataset)), ids_(dataset_), mode_(mode) {}

    const SampleIds& ids() const { return ids_; }
    SampleMode mode() const { return mode_; }
    const DatasetId& dataset() const { return dataset_; }

    /// `details` is null where nothing is known of the sample but its name.
    void write(std::string& out,
               SampleIndex sample,
               std::string_view name,
               const store::SampleDetails* details) const;

private:
    DatasetId dataset_;
    SampleIds ids_;
    SampleMode mode_;
};

/// A JSON list of these samples of the dataset, which is read and made while it is sent.
http::Response samples_answer(Call& call,
                              SampleWriter writer,
                              std::shared_ptr<const std::vector<std::string>> names,
                              Page page);

}  // namespace trommel::server
