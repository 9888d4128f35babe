#include "server/resources/embedding_upload.hpp"

#include "server/resources/lookup.hpp"
#include "server/routing/answers.hpp"
#include "server/services.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/embeddings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace trommel::server {

namespace {

namespace fs = std::filesystem;
using Names = std::shared_ptr<const std::vector<std::string>>;
using Rows = std::shared_ptr<const Matrix>;
using store::ServedStore;

[[noreturn]] void refuse(const std::string& what) {
    throw ApiError(422, "EMBEDDING_INVALID", what);
}

/// The rows in the order of `names`.
Rows in_order(const dataset::Embeddings& embeddings, const std::vector<std::string>& names) {
    if (embeddings.names.size() != names.size())
        throw ApiError(422,
                       "EMBEDDING_ROW_COUNT_INVALID",
                       fmt::format("the file has {} rows but the dataset {} samples; give one row "
                                   "for each sample",
                                   embeddings.names.size(),
                                   names.size()));
    std::unordered_map<std::string_view, std::size_t> places;
    places.reserve(names.size());
    for (std::size_t i = 0; i < embeddings.names.size(); ++i)
        places.emplace(embeddings.names[i], i);
    auto rows = std::make_shared<Matrix>(names.size(), embeddings.rows.cols());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto place = places.find(names[i]);
        if (place == places.end())
            refuse(fmt::format("the file has no row for sample '{}'", names[i]));
        const auto row = embeddings.rows.row(place->second);
        std::copy(row.begin(), row.end(), rows->row(i).begin());
    }
    return rows;
}

Rows read_rows(const fs::path& file, const Names& names) {
    try {
        auto embeddings = dataset::read_embeddings(file);
        return in_order(embeddings, *names);
    } catch (const DataError& error) {
        // The file's own name means nothing to who sent it.
        std::string what = error.what();
        if (what.starts_with(file.string())) what.replace(0, file.string().size(), "the file");
        refuse(what);
    }
}

bool have_same_bytes(const fs::path& a, const fs::path& b) {
    std::error_code error;
    if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
    return sha256_of_file(a) == sha256_of_file(b);
}

/// An announced file that has been read.
struct Upload {
    store::Document announced{};
    Rows rows{};
    fs::path draft{};
    fs::path file{};
};

/// False if another call has brought these embeddings in the meantime. A crash in between leaves a
/// file that the next upload replaces.
bool keep(ServedStore& store, const Upload& upload, Timestamp now) {
    const auto& announced = upload.announced;
    if (!store.document(embedding_upload_kind, announced.id)) return false;
    Files::move_into_place(upload.draft, upload.file);
    return store.add_announced_embedding(embedding_upload_kind,
                                         {.id = EmbeddingId(announced.id),
                                          .dataset = *announced.dataset,
                                          .name = announced.key,
                                          .rows = upload.rows->rows(),
                                          .dimensions = upload.rows->cols(),
                                          .created_at = now},
                                         *upload.rows);
}

/// The same file again is no change, so that clients may repeat the call.
asio::awaitable<void> compare_with_kept(Call& call, fs::path draft) {
    auto& files = call.services.files;
    co_await known_embedding(call, call.embedding());
    const fs::path kept = files.embedding(call.embedding());
    const bool same = co_await on_io(files.io(), have_same_bytes, draft, kept);
    co_await files.remove(draft);
    if (!same)
        throw ApiError(
            409,
            "EMBEDDING_NAME_EXISTS",
            "these embeddings were uploaded already, and stay as they are; upload others "
            "under another name");
}

/// What the store has, as CSV. There are no labels.
class EmbeddingRows {
public:
    EmbeddingRows(Names names, Rows rows) : names_(std::move(names)), rows_(std::move(rows)) {}

    void write(std::string& out, std::size_t i) const {
        out += csv_field((*names_)[i]);
        for (const float value : rows_->row(i)) {
            std::array<char, 32> buffer;
            const auto* end =
                std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
            out += ',';
            out.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
        }
        out += ",0\n";
    }

private:
    Names names_;
    Rows rows_;
};

std::string header(std::size_t dimensions) {
    std::string line = "filenames";
    for (std::size_t j = 0; j < dimensions; ++j) line += fmt::format(",embedding_{}", j);
    return line + ",labels\n";
}

asio::awaitable<http::Response> made_file(Call& call) {
    const Embedding embedding = co_await known_embedding(call, call.embedding());
    auto names = co_await call.services.platform.mappings(call.dataset());
    auto rows = co_await call.services.platform.embedding(call.dataset(), embedding.id);
    const auto all = std::make_shared<EmbeddingRows>(std::move(names), std::move(rows));
    WriteRow write = [all](std::string& out, std::size_t i) { all->write(out, i); };
    auto response =
        rows_answer(embedding.rows, std::move(write), Frame{header(embedding.dimensions), "", ""});
    response.headers.set("Content-Type", "text/csv");
    co_return response;
}

}  // namespace

asio::awaitable<void> take_embedding_file(Call& call, fs::path draft) {
    auto& services = call.services;
    const auto announced = co_await services.records.ask(
        &ServedStore::document, std::string(embedding_upload_kind), call.embedding().text());
    if (!announced) {
        co_await compare_with_kept(call, std::move(draft));
        co_return;
    }
    const auto names = co_await services.platform.mappings(call.dataset());
    Rows rows = co_await on_io(services.files.io(), read_rows, draft, names);
    Upload upload{.announced = *announced,
                  .rows = std::move(rows),
                  .draft = draft,
                  .file = services.files.embedding(call.embedding())};
    const bool is_kept = co_await services.records.ask(keep, std::move(upload), now());
    if (!is_kept) {
        co_await compare_with_kept(call, std::move(draft));
        co_return;
    }
    co_await touch(call, call.dataset());
}

asio::awaitable<http::Response> embedding_file(Call& call) {
    auto body = co_await call.services.files.send(call.services.files.embedding(call.embedding()));
    if (!body) {
        http::Response made = co_await made_file(call);
        co_return made;
    }
    http::Response response;
    response.headers.add("Content-Type", "text/csv");
    response.body = *std::move(body);
    co_return response;
}

}  // namespace trommel::server
