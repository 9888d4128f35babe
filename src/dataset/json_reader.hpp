#pragma once

#include "trommel/dataset/predictions.hpp"
#include "trommel/dataset/record.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace trommel::dataset {

/// Reads JSON Lines. `Decoder{}(record, batch)` adds to `batch` what `record` predicts; name and
/// line are added here.
template <typename Batch, typename Decoder>
class JsonReader final : public PredictionReader<Batch> {
public:
    JsonReader(LineReader lines, std::size_t batch_size)
        : lines_(std::move(lines)), batch_size_(batch_size) {}

    std::optional<Batch> next() override {
        Batch batch;
        while (batch.names.size() < batch_size_) {
            const auto* object = lines_.next();
            if (object == nullptr) break;
            const Record record(lines_, *object);
            decode_(record, batch);
            batch.names.push_back(record.name());
            batch.lines.push_back(record.line());
        }
        if (batch.names.empty()) return std::nullopt;
        return batch;
    }

private:
    JsonLines lines_;
    std::size_t batch_size_;
    Decoder decode_;
};

}  // namespace trommel::dataset
