// JSON Lines: several threads may parse them, in chunks; in batches each keeps to those before it.
#include "predictions/records.hpp"
#include "trommel/dataset/files/text_chunks.hpp"
#include "trommel/predictions/format.hpp"

#include <system_error>
#include <utility>

namespace trommel::predictions {
namespace {

/// All records of a chunk.
Batch read_chunk(dataset::TextChunk chunk, const ReadRequest& request, const std::string& file) {
    const bool is_committee = request.type == PredictionType::classification &&
                              request.committees_too && dataset::is_of_committees(chunk.text);
    const auto type = is_committee ? PredictionType::committee : request.type;
    auto lines = dataset::LineReader::of_chunk(std::move(chunk.text), chunk.first_line, file);
    auto batch = open_records(std::move(lines), type, request.options(std::size_t{1} << 30))();
    return batch ? *std::move(batch) : Batch();  // blank lines alone
}

class LineChunks final : public ChunkReader {
public:
    LineChunks(const std::filesystem::path& file, const ReadRequest& request)
        : request_(request), name_(file.string()), chunks_(file) {
        std::error_code error;
        bytes_ = std::filesystem::file_size(file, error);
        const auto extension = file.extension();
        if (error || extension == ".gz" || extension == ".zst") bytes_ = 0;
    }

    std::optional<Chunk> next() override {
        auto chunk = chunks_.next();
        if (!chunk) return std::nullopt;
        given_ += chunk->text.size();
        return [this, text = *std::move(chunk)]() mutable {
            return read_chunk(std::move(text), request_, name_);
        };
    }

    std::optional<double> fraction() const override {
        if (bytes_ == 0) return std::nullopt;
        return static_cast<double>(given_) / static_cast<double>(bytes_);
    }

private:
    ReadRequest request_;
    std::string name_;
    dataset::TextChunks chunks_;
    std::uint64_t bytes_ = 0;  ///< of the file; 0: not known
    std::uint64_t given_ = 0;
};

std::unique_ptr<ChunkReader> open_json_lines(const std::filesystem::path& file,
                                             const ReadRequest& request,
                                             RowNames&) {
    if (request.batch_size == 0) return std::make_unique<LineChunks>(file, request);
    auto lines = request.part.count == 1 ? dataset::LineReader::open(file)
                                         : dataset::LineReader::open(file, request.part);
    return in_order(open_records(std::move(lines), request.type, request.options(0)));
}

}  // namespace

Format json_lines() {
    using enum PredictionType;
    return {.name = "jsonl",
            .title = "JSON Lines",
            .extensions = {".jsonl", ".ndjson"},
            .types = {classification,
                      committee,
                      object_detection,
                      semantic_segmentation,
                      keypoint_detection},
            .has_parts = true,
            .open = open_json_lines};
}

}  // namespace trommel::predictions
