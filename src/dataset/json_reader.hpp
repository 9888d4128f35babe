#pragma once

#include "dataset/files/faults.hpp"
#include "trommel/dataset/predictions.hpp"
#include "trommel/dataset/record.hpp"

#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>

namespace trommel::dataset {

/// Reads JSON Lines. `Decoder{}(record, batch)` adds to `batch` what `record` predicts; name and
/// line are added here. A decoder may have `quick(text, batch)`, which does the same, with the
/// name, from the line's text, or returns false where it cannot and has changed nothing.
template <typename Batch, typename Decoder>
class JsonReader final : public PredictionReader<Batch> {
public:
    JsonReader(LineReader lines, const ReadOptions& options)
        : lines_(std::move(lines), options.non_finite),
          batch_size_(options.batch_size),
          on_fault_(options.on_fault) {
        assert(batch_size_ > 0);
    }

    std::optional<Batch> next() override {
        Batch batch;
        const auto read = [&] { return read_one(batch); };
        while (batch.size() < batch_size_ && read_or_note(lines_, on_fault_, batch, read)) continue;
        if (batch.size() == 0) return std::nullopt;
        return batch;
    }

private:
    /// False after the last record.
    bool read_one(Batch& batch) {
        const auto text = lines_.next_text();
        if (!text) return false;
        if constexpr (requires { decode_.quick(*text, batch); })
            if (decode_.quick(*text, batch)) {
                batch.lines.push_back(lines_.line());
                return true;
            }
        const Record record(lines_, *lines_.parse());
        decode_(record, batch);
        batch.names.push_back(record.name());
        batch.lines.push_back(record.line());
        return true;
    }

    JsonLines lines_;
    std::size_t batch_size_;
    OnFault on_fault_;
    Decoder decode_;
};

}  // namespace trommel::dataset
