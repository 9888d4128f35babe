#include "server/resources/embeddings/embedding_upload.hpp"

#include "server/resources/embeddings/csv_bounds.hpp"
#include "server/resources/lookup.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "trommel/core/digest.hpp"
#include "trommel/core/text.hpp"
#include "trommel/dataset/embeddings.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace trommel::server {

namespace {

namespace fs = std::filesystem;
using Names = std::shared_ptr<const std::vector<std::string>>;
using Rows = std::shared_ptr<const Matrix>;
using store::ServedStore;

/// A million dimensions of 20 digits, and then some.
constexpr std::size_t longest_record = std::size_t{64} << 20;

/// What a file took while it was read; the allocator would keep it for the next one.
void give_memory_back() { ::malloc_trim(0); }

[[noreturn]] void refuse(const std::string& what) {
    throw ApiError(422, "EMBEDDING_INVALID", what);
}

/// The rows in the order of `names`.
Rows in_order(dataset::EmbeddingsOfNames found, const std::vector<std::string>& names) {
    if (found.count != names.size())
        throw ApiError(422,
                       "EMBEDDING_ROW_COUNT_INVALID",
                       fmt::format("the file has {} rows but the dataset {} samples; give one row "
                                   "for each sample",
                                   found.count,
                                   names.size()));
    if (found.missing)
        refuse(fmt::format("the file has no row for sample '{}'", names[*found.missing]));
    return std::make_shared<const Matrix>(std::move(found.rows));
}

Rows read_rows(const fs::path& file, const Names& names) {
    try {
        return in_order(dataset::read_embeddings_of(file, *names), *names);
    } catch (const DataError& error) {
        // The file's own name has no effect on who sent it.
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

/// The same file again is not a change, so that clients may repeat the call.
asio::awaitable<void> compare_with_kept(Call& call, fs::path draft) {
    auto& files = call.services.files;
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
    const std::size_t dimensions = rows->cols();  // Lightly does not tell them before
    const auto all = std::make_shared<EmbeddingRows>(std::move(names), std::move(rows));
    WriteRow write = [all](std::string& out, std::size_t i) { all->write(out, i); };
    auto response =
        rows_answer(embedding.rows, std::move(write), Frame{header(dimensions), "", ""});
    response.headers.set("Content-Type", "text/csv");
    co_return response;
}

/// Whether a call that was cut off here has brought the same to a platform that is elsewhere.
asio::awaitable<bool> are_there(Call& call, Rows rows) {
    const auto there = co_await find_embedding(call, call.embedding());
    if (!there) co_return false;
    const Rows kept = co_await call.services.platform.embedding(call.dataset(), there->id);
    co_return *kept == *rows;
}

/// Why the platform will never take the rows under the announced id, if so.
asio::awaitable<std::exception_ptr> bring(Call& call, std::string name, Rows rows) {
    using Reason = PlatformError::Reason;
    std::exception_ptr refusal;
    bool is_taken = false;
    try {
        co_await call.services.platform.upload_embeddings(
            call.dataset(), std::move(name), rows, call.embedding());
    } catch (const PlatformError& error) {
        is_taken = error.reason() == Reason::exists;
        if (!is_taken && error.reason() != Reason::not_found) throw;
        refusal = std::current_exception();
    }
    if (!is_taken) co_return refusal;
    const bool are = co_await are_there(call, std::move(rows));
    if (are) refusal = nullptr;
    co_return refusal;
}

/// Once these embeddings are on the platform they are there, whatever a crash leaves: before, a
/// file that the next upload replaces; after, an announcement that nothing uses any more.
asio::awaitable<void> keep(Call& call, std::string name, fs::path draft, Rows rows) {
    auto& services = call.services;
    const fs::path file = services.files.embedding(call.embedding());
    co_await services.files.put_in_place(std::move(draft), file);
    const std::exception_ptr refusal = co_await bring(call, std::move(name), std::move(rows));
    const std::string kind = embedding_upload_kind;
    co_await services.records.ask(&ServedStore::delete_document, kind, call.embedding().text());
    if (refusal) {
        co_await services.files.remove(file);
        std::rethrow_exception(refusal);
    }
    co_await touch(call, call.dataset());
}

/// What the announcement calls the embeddings; refused where there is none.
asio::awaitable<std::string> announced_name(Call& call) {
    const std::string kind = embedding_upload_kind;
    const auto announced =
        co_await call.services.records.ask(&ServedStore::document, kind, call.embedding().text());
    if (!announced || announced->dataset != call.dataset())
        throw ApiError(404, "EMBEDDING_UNKNOWN", "the dataset has no such embeddings");
    co_return announced->key;
}

asio::awaitable<void> take_draft(Call& call, fs::path draft, Names names) {
    auto& services = call.services;
    const KeyedLock::Lock lock = co_await services.locks.take(call.embedding().text());
    const auto there = co_await find_embedding(call, call.embedding());
    if (there) {
        co_await compare_with_kept(call, std::move(draft));
        co_return;
    }
    std::string name = co_await announced_name(call);
    Rows rows = co_await on_io(services.files.io(), read_rows, draft, std::move(names));
    co_await keep(call, std::move(name), std::move(draft), std::move(rows));
}

}  // namespace

asio::awaitable<void> take_embedding_file(Call& call) {
    auto& services = call.services;
    const auto there = co_await find_embedding(call, call.embedding());
    if (!there) co_await announced_name(call);
    const auto names = co_await services.platform.mappings(call.dataset());
    const auto bounds = std::make_shared<CsvBounds>(names->size(), longest_record);
    Files::Check check = [bounds](std::string_view piece) { bounds->take(piece); };
    const fs::path draft = co_await services.files.receive(
        call.request.body, services.options.max_file_bytes, std::move(check));
    std::exception_ptr failure;
    try {
        co_await take_draft(call, draft, names);
    } catch (...) {
        failure = std::current_exception();
    }
    give_memory_back();
    if (failure) {
        co_await services.files.remove(draft);
        std::rethrow_exception(failure);
    }
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
