// Dataset details: what the wire says of a dataset beyond what a Platform knows.
#pragma once

#include "trommel/store/served_store.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace trommel::server {

/// Kept as one document for each dataset. What is not there has its default.
struct DatasetDetails {
    boost::json::object body{};
    Timestamp changed_at{};
};

DatasetDetails dataset_details(store::ServedStore& store, const Dataset& dataset);

/// Gives a member of the details another value, and the dataset the time `now`.
void put_dataset_detail(store::ServedStore& store,
                        const DatasetId& dataset,
                        const std::string& name,
                        const std::string& value,
                        Timestamp now);
void put_dataset_details(store::ServedStore& store,
                         const DatasetId& dataset,
                         const boost::json::object& body,
                         Timestamp now);
/// Lets the files of the dataset be larger by so many bytes, or smaller. A crash between a file and
/// this call is not made up for.
void add_dataset_bytes(store::ServedStore& store,
                       const DatasetId& dataset,
                       std::int64_t bytes,
                       Timestamp now);
/// Up to which second a datasource was read, as clients say; 0 before they do.
void put_processed_until(store::ServedStore& store,
                         const DatasetId& dataset,
                         std::int64_t seconds,
                         Timestamp now);
std::int64_t processed_until(store::ServedStore& store, const DatasetId& dataset);
void touch_dataset(store::ServedStore& store, const DatasetId& dataset, Timestamp now);

/// DatasetData.
std::string dataset_json(store::ServedStore& store, const Dataset& dataset);

}  // namespace trommel::server
