// A folder of Lightly's, packed.
#include "trommel/dataset/files/tar.hpp"

#include "predictions/records.hpp"
#include "trommel/predictions/format.hpp"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace trommel::predictions {
namespace {

/// What a chunk holds, where no batch is asked for.
constexpr std::size_t tar_chunk_bytes = std::size_t{1} << 20;

/// Whether a packed file holds a prediction, by its name.
bool is_record(const std::string& name) {
    const auto file = std::filesystem::path(name).filename();
    return file.extension() == ".json" && file != "tasks.json" && file != "schema.json";
}

class TarChunks final : public ChunkReader {
public:
    TarChunks(const std::filesystem::path& file, const ReadRequest& request)
        : request_(request), name_(file.string()), tar_(file) {}

    std::optional<Chunk> next() override {
        std::vector<dataset::TarMember> members;
        std::size_t bytes = 0;
        while (!is_full(members.size(), bytes)) {
            auto member = tar_.next();
            if (!member) break;
            if (!is_record(member->name)) continue;
            bytes += member->content.size() + 512;
            members.push_back(*std::move(member));
        }
        if (members.empty()) return std::nullopt;
        return [this, taken = std::move(members)]() mutable { return read(std::move(taken)); };
    }

private:
    bool is_full(std::size_t members, std::size_t bytes) const {
        return request_.batch_size == 0 ? bytes >= tar_chunk_bytes : members >= request_.batch_size;
    }

    Batch read(dataset::TarMember& member) const {
        return read_record(std::move(member.content),
                           request_.type,
                           nullptr,
                           request_.options(1),
                           fmt::format("{}[{}]", name_, member.name));
    }

    Batch read(std::vector<dataset::TarMember> members) const {
        Batch all = read(members.front());
        for (auto& member : std::span(members).subspan(1)) append(all, read(member));
        return all;
    }

    ReadRequest request_;
    std::string name_;
    dataset::TarReader tar_;
};

std::unique_ptr<ChunkReader> open_tar(const std::filesystem::path& file,
                                      const ReadRequest& request,
                                      RowNames&) {
    return std::make_unique<TarChunks>(file, request);
}

}  // namespace

Format tar() {
    using enum PredictionType;
    return {.name = "tar",
            .title = "tar",
            .extensions = {".tar"},
            .types = {classification, object_detection, semantic_segmentation, keypoint_detection},
            .open = open_tar};
}

}  // namespace trommel::predictions
