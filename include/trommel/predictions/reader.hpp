// Reads predictions in chunks, from files of every format.
#pragma once

#include "trommel/dataset/files/line_reader.hpp"
#include "trommel/predictions/batch.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trommel::predictions {

struct Format;

/// A piece of the input: reads it, on any thread, once. Its reader outlives it.
using Chunk = std::function<Batch()>;

/// The pieces of a file, one after another.
class ChunkReader {
public:
    virtual ~ChunkReader() = default;

    /// The next piece; nothing after the last. By one thread at a time.
    virtual std::optional<Chunk> next() = 0;

    /// How much of the file has been given out, from 0 to 1; nothing where that is not known.
    virtual std::optional<double> fraction() const { return std::nullopt; }
};

/// What is to be read, and how.
struct ReadRequest {
    std::vector<std::filesystem::path> inputs{};  ///< files or folders, one after another
    const Format* format = nullptr;               ///< null: each file's name tells it
    PredictionType type{};
    bool committees_too = false;    ///< of a classification it may be found that it is of those
    std::filesystem::path names{};  ///< of the rows of arrays, one a line; empty: their numbers
    std::string member{};           ///< which array of a .npz
    std::string prediction_task{};  ///< of a folder with tasks.json
    dataset::Uint16 uint16 = dataset::Uint16::refuse;
    dataset::FilePart part{};
    /// Samples of a chunk, in which what is read in order keeps to what was read before; 0: as many
    /// as suit several threads.
    std::size_t batch_size = 0;
    dataset::OnFault on_fault = dataset::OnFault::stop;
    dataset::NonFinite non_finite = dataset::NonFinite::refuse;

    /// For readers of records: at most `most` samples unless the request says otherwise.
    dataset::ReadOptions options(std::size_t most) const;
};

/// File names from a list, one a line, given out in order; or numbers.
class RowNames {
public:
    /// No file: numbers.
    explicit RowNames(const std::filesystem::path& file);

    /// The names of the next rows; none where names are numbers, which begin at `first_number`.
    struct Taken {
        std::vector<std::string> names{};
        std::uint64_t first_number = 0;
    };
    /// Throws DataError where the list is too short.
    Taken take(std::size_t rows);
    /// Throws DataError where the list has more names.
    void check_end();

private:
    std::optional<dataset::LineReader> lines_;
    std::uint64_t taken_ = 0;
};

/// Opens the first input as far as its header. Throws ConfigError where a format is not told or
/// does not have the type, DataError on what is not there or not of the format; the reader does so
/// too.
std::unique_ptr<ChunkReader> open_chunks(ReadRequest request);

/// The same in order, for one thread, as batches of dataset's, which tell the type.
template <typename TypedBatch>
std::shared_ptr<dataset::PredictionReader<TypedBatch>> open_batches(ReadRequest request);

}  // namespace trommel::predictions
