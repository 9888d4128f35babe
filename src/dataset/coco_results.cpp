#include "trommel/dataset/coco_results.hpp"

#include "id_set.hpp"
#include "prediction_events.hpp"
#include "trommel/core/error.hpp"
#include "trommel/dataset/files/input_stream.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trommel::dataset {
namespace {

constexpr std::size_t read_bytes = std::size_t{256} << 10;

class CocoResults final : public DetectionReader {
public:
    CocoResults(const std::filesystem::path& path, const ReadOptions& options)
        : in_(open_input(path)),
          name_(path.string()),
          batch_size_(options.batch_size),
          buffer_(read_bytes),
          parser_(boost::json::parse_options{}, PredictionEvents::Document::coco_results) {
        parser_.handler().on_prediction = [this] { take(); };
    }
    CocoResults(const CocoResults&) = delete;
    CocoResults& operator=(const CocoResults&) = delete;
    ~CocoResults() override = default;

    std::optional<DetectionRecords> next() override {
        while (ready_.size() < batch_size_ && feed()) continue;
        if (ready_.size() == 0) return std::nullopt;
        return std::exchange(ready_, {});
    }

private:
    /// Parses a chunk; false at the end of the file.
    bool feed() {
        if (at_end_) return false;
        in_->read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        if (in_->bad()) throw DataError(fmt::format("{}: cannot be read", name_));
        const auto got = static_cast<std::size_t>(in_->gcount());
        at_end_ = got == 0;
        boost::json::error_code error;
        const auto parsed = parser_.write_some(!at_end_, buffer_.data(), got, error);
        if (error) fail(position_ + parsed, error.message());
        if (parsed < got) fail(position_ + parsed, "more appears after the array");
        position_ += got;
        if (at_end_) finish_image();
        return !at_end_;
    }

    [[noreturn]] void fail(std::uint64_t at, const std::string& error) const {
        const auto why = parser_.handler().why;
        if (!why.empty())
            throw DataError(fmt::format("{}: result {}: {}", name_, results_ + 1, why));
        throw DataError(fmt::format(
            "{}: result {}, byte {}: malformed JSON ({}); the file must be one array of results",
            name_,
            results_ + 1,
            at + 1,
            error));
    }

    /// One result has been read.
    void take() {
        auto& read = parser_.handler().read;
        ++results_;
        if (!image_ || *image_ != read.image_id) begin_image(read.image_id);
        current_.categories.push_back(read.categories.back());
        current_.scores.push_back(read.scores.back());
        current_.objectness.push_back(read.objectness.back());
        if (read.rows > 0) {
            if (current_.rows > 0 && current_.classes != read.classes)
                refuse("'probabilities' holds other numbers of classes than before");
            current_.classes = read.classes;
            current_.probs.insert(current_.probs.end(), read.probs.begin(), read.probs.end());
            ++current_.rows;
        }
        read.clear();
    }

    void begin_image(std::int64_t id) {
        finish_image();
        if (!seen_.insert(id))
            refuse(fmt::format(
                "image {} has results before, and others between; sort the file by image_id", id));
        image_ = id;
        first_result_ = results_;
    }

    void finish_image() {
        if (!image_) return;
        try {
            ready_.outputs.push_back(current_.output());
        } catch (const DataError& error) {
            refuse(fmt::format("image {}: {}", *image_, error.what()));
        }
        ready_.names.push_back(std::to_string(*image_));
        ready_.lines.push_back(first_result_);
        current_.clear();
        image_.reset();
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw DataError(fmt::format("{}: result {}: {}", name_, results_, what));
    }

    std::unique_ptr<std::istream> in_;
    std::string name_;
    std::size_t batch_size_;
    std::vector<char> buffer_;
    boost::json::basic_parser<PredictionEvents> parser_;
    std::uint64_t position_ = 0;  ///< of the buffer in the text
    bool at_end_ = false;
    std::size_t results_ = 0;  ///< read so far
    std::optional<std::int64_t> image_;
    std::size_t first_result_ = 0;
    ReadDetections current_;
    DetectionRecords ready_;
    IdSet seen_;
};

}  // namespace

std::unique_ptr<DetectionReader> open_coco_results(const std::filesystem::path& path,
                                                   const ReadOptions& options) {
    return std::make_unique<CocoResults>(path, options);
}

}  // namespace trommel::dataset
