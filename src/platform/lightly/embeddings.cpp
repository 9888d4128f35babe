// Embeddings and scores.
#include "trommel/dataset/embeddings.hpp"

#include "platform/lightly/answers.hpp"
#include "platform/lightly/bodies.hpp"
#include "platform/lightly/impl.hpp"
#include "platform/lightly/streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <unordered_map>
#include <utility>

namespace trommel {

using Reason = PlatformError::Reason;
using lightly::Call;
using lightly::Names;
using lightly::Refused;
using lightly::Reply;

namespace {

using Rows = std::shared_ptr<const Matrix>;

template <typename Values>
bool all_finite(const Values& values) {
    return std::all_of(values.begin(), values.end(), [](auto x) { return std::isfinite(x); });
}

void check_rows(const std::vector<std::string>& names, const Matrix& rows) {
    if (rows.rows() != names.size())
        throw PlatformError(Reason::invalid,
                            fmt::format("the dataset has {} samples but {} embeddings were given",
                                        names.size(),
                                        rows.rows()));
    if (rows.cols() == 0)
        throw PlatformError(Reason::invalid, "embeddings have at least one dimension");
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!all_finite(rows.row(i)))
            throw PlatformError(
                Reason::invalid,
                fmt::format("the embedding of '{}' holds what is not a finite number", names[i]));
}

/// A file that is gone when this dies.
class Scratch {
public:
    Scratch() {
        std::string path = (std::filesystem::temp_directory_path() / "trommel-XXXXXX").string();
        const int descriptor = ::mkstemp(path.data());
        path_ = path;
        file_ = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
        if (file_ == nullptr) fail();
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::fclose(file_);
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    void clear() {
        std::rewind(file_);
        std::filesystem::resize_file(path_, 0);
    }
    void write(const std::string& text) {
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
    }
    void flush() {
        if (std::fflush(file_) != 0) fail();
    }
    const std::filesystem::path& path() const { return path_; }

private:
    [[noreturn]] void fail() const {
        throw PlatformError(Reason::unavailable,
                            fmt::format("{}: cannot be written", path_.string()));
    }

    std::filesystem::path path_;
    std::FILE* file_;
};

lightly::ReadBody into(Scratch& file) {
    return [&file](http::Body& body) -> asio::awaitable<void> {
        file.clear();
        while (true) {
            const std::string piece = co_await body.next();
            if (piece.empty()) break;
            file.write(piece);
        }
        file.flush();
    };
}

lightly::ReadBody into(std::vector<double>& scores) {
    return [&scores](http::Body& body) -> asio::awaitable<void> {
        lightly::NumberList list("scores");
        while (true) {
            const std::string piece = co_await body.next();
            if (piece.empty()) break;
            list.read(piece);
        }
        scores = list.finish();
    };
}

/// The file's rows in the order of the dataset's samples.
Rows read_rows(const std::filesystem::path& file, const Names& names) {
    try {
        auto found = dataset::read_embeddings(file);
        if (found.names == *names) return std::make_shared<const Matrix>(std::move(found.rows));
        std::unordered_map<std::string_view, std::size_t> places;
        for (std::size_t i = 0; i < found.names.size(); ++i) places.emplace(found.names[i], i);
        Matrix rows;
        for (const auto& name : *names) {
            const auto place = places.find(name);
            if (place == places.end())
                throw PlatformError(Reason::unusable,
                                    fmt::format("the embeddings have no row of '{}'", name));
            rows.append_row(std::as_const(found.rows).row(place->second));
        }
        return std::make_shared<const Matrix>(std::move(rows));
    } catch (const DataError& error) {
        throw PlatformError(Reason::unusable, error.what());
    }
}

std::optional<EmbeddingId> id_of(const std::vector<Embedding>& all, const std::string& name) {
    for (const auto& each : all)
        if (each.name == name) return each.id;
    return std::nullopt;
}

}  // namespace

asio::awaitable<EmbeddingId> LightlyPlatform::announce_embeddings(DatasetId dataset,
                                                                  std::string name) {
    const std::string place = co_await impl_->text(
        path_of(dataset) + "/embeddings/writeCSVUrl?name=" + http::percent_encoded(name));
    co_return EmbeddingId(lightly::field_of(place, "embeddingId"));
}

asio::awaitable<EmbeddingId> LightlyPlatform::upload_embeddings(
    DatasetId dataset,
    std::string name,
    std::shared_ptr<const Matrix> rows,
    std::optional<EmbeddingId> announced) {
    const Names names = co_await mappings(dataset);
    check_rows(*names, *rows);
    const std::string place = co_await impl_->text(
        path_of(dataset) + "/embeddings/writeCSVUrl?name=" + http::percent_encoded(name));
    if (announced && announced->text() != lightly::field_of(place, "embeddingId"))
        throw PlatformError(
            Reason::not_found,
            fmt::format(
                "embeddings '{}' are not announced by this id any more; announce them again",
                name));
    Call call;
    call.method = "PUT";
    call.target = lightly::field_of(place, "signedWriteUrl");
    call.type = "text/csv";
    call.is_signed = true;
    call.body = [&names, &rows] { return lightly::embeddings_body(names, rows); };
    std::exception_ptr refusal;
    try {
        co_await impl_->api.send(std::move(call));
    } catch (const Refused& refused) {
        if (refused.tries() == 1) throw;
        refusal = std::current_exception();
    }
    const std::vector<Embedding> all = co_await embeddings(dataset);
    if (const auto id = id_of(all, name)) co_return *id;
    if (refusal) std::rethrow_exception(refusal);
    co_return EmbeddingId(lightly::field_of(place, "embeddingId"));  // not yet ready
}

asio::awaitable<std::vector<Embedding>> LightlyPlatform::embeddings(DatasetId dataset) {
    const bool is_trommel = co_await impl_->api.is_trommel();
    std::string target = path_of(dataset) + "/embeddings";
    if (is_trommel)
        target = "/v1/trommel/datasets/" + http::percent_encoded(dataset.text()) + "/embeddings";
    const std::string json = co_await impl_->text(target);
    if (is_trommel) co_return lightly::trommel_embeddings_of(json, dataset);
    std::vector<Embedding> all = lightly::lightly_embeddings_of(json, dataset);
    const Dataset whole = co_await this->dataset(dataset);
    for (auto& each : all) each.rows = whole.sample_count;
    std::stable_sort(all.begin(), all.end(), [](const Embedding& a, const Embedding& b) {
        return a.created_at < b.created_at;
    });
    co_return all;
}

asio::awaitable<std::shared_ptr<const Matrix>> LightlyPlatform::embedding(DatasetId dataset,
                                                                          EmbeddingId id) {
    const std::string place = co_await impl_->text(
        path_of(dataset) + "/embeddings/" + http::percent_encoded(id.text()) + "/readCSVUrl");
    Scratch file;
    Call call = lightly::get(lightly::text_of(place));
    call.is_signed = true;
    call.read = into(file);
    co_await impl_->api.send(std::move(call));
    const Names names = co_await mappings(dataset);
    Rows rows = co_await on_io(impl_->io, read_rows, file.path(), names);
    co_return rows;
}

asio::awaitable<void> LightlyPlatform::delete_embedding(DatasetId dataset, EmbeddingId id) {
    co_await impl_->remove(path_of(dataset) + "/embeddings/" + http::percent_encoded(id.text()));
}

asio::awaitable<void> LightlyPlatform::upload_scores(TagId tag,
                                                     std::string type,
                                                     std::vector<double> scores,
                                                     std::string key) {
    const DatasetId dataset = co_await impl_->dataset_of(tag);
    if (!all_finite(scores)) {
        // On the wire NaN is a number like others; here it is a mistake of whoever scored.
        const Tag whole = co_await this->tag(dataset, tag);
        const Names names = co_await mappings(dataset);
        const auto samples = whole.mask.indices();
        for (std::size_t i = 0; i < std::min(samples.size(), scores.size()); ++i)
            if (!std::isfinite(scores[i]))
                throw PlatformError(
                    Reason::invalid,
                    fmt::format("the score of '{}' is not a finite number", names->at(samples[i])));
    }
    const auto shared = std::make_shared<const std::vector<double>>(std::move(scores));
    Call call;
    call.method = "POST";
    call.target = path_of(dataset, tag) + "/scores";
    call.key = std::move(key);
    call.body = [&type, &shared] { return lightly::scores_body(type, shared); };
    co_await impl_->api.send(std::move(call));
}

asio::awaitable<std::vector<Score>> LightlyPlatform::scores(TagId tag) {
    const DatasetId dataset = co_await impl_->dataset_of(tag);
    const std::string json = co_await impl_->text(path_of(dataset, tag) + "/scores");
    std::vector<Score> all;
    for (auto& each : lightly::scores_of(json, tag)) all.push_back(std::move(each.score));
    std::stable_sort(all.begin(), all.end(), [](const Score& a, const Score& b) {
        return a.created_at < b.created_at;
    });
    co_return all;
}

asio::awaitable<std::vector<double>> LightlyPlatform::score_values(TagId tag, std::string type) {
    const DatasetId dataset = co_await impl_->dataset_of(tag);
    const std::string json = co_await impl_->text(path_of(dataset, tag) + "/scores");
    const auto all = lightly::scores_of(json, tag);
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const auto& each) { return each.score.type == type; });
    if (found == all.end())
        throw PlatformError(Reason::not_found, fmt::format("the tag has no scores '{}'", type));
    std::vector<double> values;
    Call call =
        lightly::get(path_of(dataset, tag) + "/scores/" + http::percent_encoded(found->id.text()));
    call.read = into(values);
    co_await impl_->api.send(std::move(call));
    co_return values;
}

}  // namespace trommel
