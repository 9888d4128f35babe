// Predictions as Lightly keeps them: a folder with a schema and a JSON file for each image.
#include "predictions/records.hpp"
#include "trommel/core/durable_file.hpp"
#include "trommel/core/error.hpp"
#include "trommel/predictions/format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trommel::predictions {
namespace {

/// Small files of a chunk: enough that opening them overlaps, few enough to be soon done.
constexpr std::size_t files_a_chunk = 64;

std::string read_small_file(const std::filesystem::path& file) {
    if (std::filesystem::file_size(file) > dataset::LineReader::longest_line)
        throw DataError(fmt::format("{}: is larger than 64 MiB", file.string()));
    return read_file(file);
}

class FolderChunks final : public ChunkReader {
public:
    FolderChunks(const std::filesystem::path& folder, const ReadRequest& request)
        : request_(request),
          options_(request.options(files_a_chunk)),
          task_(dataset::read_prediction_task(folder, request.prediction_task)),
          files_(dataset::prediction_files(task_)) {
        if (type_of(task_.task) != request.type)
            throw ConfigError(fmt::format("{}: the schema is of {}, and {} is asked for",
                                          task_.folder.string(),
                                          scoring::to_string(task_.task),
                                          to_string(request.type)));
    }

    std::optional<Chunk> next() override {
        if (given_ == files_.size()) return std::nullopt;
        const std::size_t first = given_;
        given_ += std::min(files_.size() - given_, options_.batch_size);
        return [this, first, last = given_] { return read(first, last); };
    }

    std::optional<double> fraction() const override {
        return files_.empty() ? 1
                              : static_cast<double>(given_) / static_cast<double>(files_.size());
    }

private:
    Batch read(std::size_t file) const {
        return read_record(
            read_small_file(files_[file]), request_.type, &task_, options_, files_[file].string());
    }

    Batch read(std::size_t first, std::size_t last) const {
        Batch all = read(first);
        while (++first < last) append(all, read(first));
        return all;
    }

    ReadRequest request_;
    dataset::ReadOptions options_;
    dataset::PredictionTask task_;
    std::vector<std::filesystem::path> files_;
    std::size_t given_ = 0;
};

std::unique_ptr<ChunkReader> open_folder(const std::filesystem::path& folder,
                                         const ReadRequest& request,
                                         RowNames&) {
    return std::make_unique<FolderChunks>(folder, request);
}

}  // namespace

Format folder() {
    using enum PredictionType;
    return {.name = "lightly",
            .title = "folder",
            .extensions = {"/"},
            .types = {classification, object_detection, semantic_segmentation, keypoint_detection},
            .open = open_folder};
}

}  // namespace trommel::predictions
