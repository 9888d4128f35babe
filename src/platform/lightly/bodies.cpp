#include "platform/lightly/bodies.hpp"

#include "trommel/core/json_text.hpp"
#include "trommel/core/text.hpp"

#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace trommel::lightly {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

template <typename Number>
void append(std::string& text, Number number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end);
}

/// A beginning, `count` entries, an end.
class Entries : public http::BodySource {
public:
    Entries(std::string begin, std::size_t count, std::string end)
        : begin_(std::move(begin)), count_(count), end_(std::move(end)) {}

    asio::awaitable<std::string> next() final {
        std::string piece = std::exchange(begin_, {});
        while (at_ < count_ && piece.size() < piece_bytes) write(piece, at_++);
        if (at_ == count_) piece += std::exchange(end_, {});
        co_return piece;
    }

private:
    virtual void write(std::string& text, std::size_t entry) const = 0;

    std::string begin_;
    std::size_t count_;
    std::string end_;
    std::size_t at_ = 0;
};

class ScoresBody final : public Entries {
public:
    ScoresBody(const std::string& type, std::shared_ptr<const std::vector<double>> scores)
        : Entries("{\"scoreType\":" + json_string(type) + ",\"scores\":[", scores->size(), "]}"),
          scores_(std::move(scores)) {}

private:
    void write(std::string& text, std::size_t entry) const override {
        if (entry > 0) text += ',';
        append(text, (*scores_)[entry]);
    }

    std::shared_ptr<const std::vector<double>> scores_;
};

std::string csv_header(std::size_t dimensions) {
    std::string header = "filenames";
    for (std::size_t i = 0; i < dimensions; ++i) header += fmt::format(",embedding_{}", i);
    return header + ",labels\r\n";
}

class EmbeddingsBody final : public Entries {
public:
    EmbeddingsBody(Names names, std::shared_ptr<const Matrix> rows)
        : Entries(csv_header(rows->cols()), rows->rows(), ""),
          names_(std::move(names)),
          rows_(std::move(rows)) {}

private:
    void write(std::string& text, std::size_t entry) const override {
        text += csv_field((*names_)[entry]);
        for (const float value : rows_->row(entry)) {
            text += ',';
            append(text, value);
        }
        text += ",0\r\n";
    }

    Names names_;
    std::shared_ptr<const Matrix> rows_;
};

}  // namespace

http::Body scores_body(const std::string& type, std::shared_ptr<const std::vector<double>> scores) {
    return http::Body(std::make_unique<ScoresBody>(type, std::move(scores)));
}

http::Body embeddings_body(Names names, std::shared_ptr<const Matrix> rows) {
    return http::Body(std::make_unique<EmbeddingsBody>(std::move(names), std::move(rows)));
}

}  // namespace trommel::lightly
