// Job columns: the fields of a request and of an outcome as columns of the table `jobs`.
#pragma once

#include "store/sqlite_database.hpp"
#include "trommel/store/job.hpp"

#include <string>
#include <tuple>
#include <vector>

namespace trommel::store {

// What appears in the columns of a value: one, but for a strategy.

template <typename T>
auto cells_of(const T& value) {
    return std::tie(value);
}
/// An empty text is null.
std::tuple<std::optional<std::string>> cells_of(const std::string& text);
std::tuple<std::optional<std::string>> cells_of(
    const std::optional<selection::StopReason>& stop_reason);
std::tuple<std::string, std::string, std::string, std::string> cells_of(
    const selection::StrategyChoice& strategy);

/// The cells of all fields, one after another.
template <typename Record, typename... Fields>
auto cells_of(const Record& record, const std::tuple<Fields...>& table) {
    return std::apply(
        [&](const auto&... each) { return std::tuple_cat(cells_of(each.of(record))...); }, table);
}

/// The names of the columns of a record's fields.
template <typename Record, typename... Fields>
std::vector<std::string> columns_of(const std::tuple<Fields...>& table) {
    std::vector<std::string> names;
    for_each_field(
        table, [&]<auto... Path>(const Field<Path...>& each) {
            using Value = std::remove_reference_t<decltype(each.of(std::declval<Record&>()))>;
            names.emplace_back(each.info.name);
            if constexpr (std::is_same_v<Value, selection::StrategyChoice>)
                names.insert(names.end(), {"settings", "goals", "thresholds"});
        });
    return names;
}

/// Reads a row column by column.
class RowReader {
public:
    RowReader(const Database& database, const Statement& row) : database_(database), row_(row) {}

    template <typename T>
    void read(T& value) {
        value = next<T>();
    }
    void read(std::string& text) { text = next<std::optional<std::string>>().value_or(""); }
    void read(std::optional<selection::StopReason>& stop_reason);
    void read(JobState& state);
    void read(selection::StrategyChoice& strategy);

    template <typename Record, typename... Fields>
    void read(Record& record, const std::tuple<Fields...>& table) {
        for_each_field(table, [&](const auto& each) { read(each.of(record)); });
    }

private:
    template <typename T>
    T next() {
        return row_.get<T>(column_++);
    }

    const Database& database_;
    const Statement& row_;
    int column_ = 0;
};

}  // namespace trommel::store
