#include "server/resources/samples/sample_json.hpp"

#include "server/routing/services.hpp"
#include "trommel/platform/wire/json.hpp"

#include <algorithm>
#include <utility>

namespace trommel::server {

namespace {

using Names = std::shared_ptr<const std::vector<std::string>>;
using store::ServedStore;

constexpr std::size_t samples_a_piece = 1000;

std::string_view inside_braces(std::string_view object) {
    return object.substr(1, object.size() - 2);
}

class SampleSource final : public http::BodySource {
public:
    SampleSource(Records& records, SampleWriter writer, Names names, Page page)
        : records_(records),
          writer_(std::move(writer)),
          names_(std::move(names)),
          next_(page.first),
          first_(page.first),
          end_(page.first + page.count) {}

    asio::awaitable<std::string> next() override {
        std::string piece;
        if (ended_) co_return piece;
        const store::Slice slice{.first = next_, .count = std::min(samples_a_piece, end_ - next_)};
        std::vector<store::SampleDetails> details;
        if (writer_.mode() == SampleMode::full)
            details = co_await records_.ask(&ServedStore::sample_details, writer_.dataset(), slice);
        write(piece, slice, details);
        co_return piece;
    }

private:
    void write(std::string& piece,
               store::Slice slice,
               const std::vector<store::SampleDetails>& details) {
        if (next_ == first_) piece += '[';
        auto known = details.begin();
        for (; next_ < slice.first + slice.count; ++next_) {
            if (next_ > first_) piece += ',';
            const bool has_details = known != details.end() && known->sample == next_;
            writer_.write(piece,
                          static_cast<SampleIndex>(next_),
                          (*names_)[next_],
                          has_details ? &*known++ : nullptr);
        }
        ended_ = next_ == end_;
        if (ended_) piece += ']';
    }

    Records& records_;
    SampleWriter writer_;
    Names names_;
    std::size_t next_;
    std::size_t first_;
    std::size_t end_;
    bool ended_ = false;
};

}  // namespace

void SampleWriter::write(std::string& out,
                         SampleIndex sample,
                         std::string_view name,
                         const store::SampleDetails* details) const {
    ObjectText object(out);
    object.add("id", ids_.id_of(sample));
    if (mode_ != SampleMode::ids) object.add("fileName", name);
    if (mode_ == SampleMode::full) {
        object.add("datasetId", dataset_).add("index", sample);
        if (details == nullptr) object.add("type", "IMAGE");
    }
    if (mode_ == SampleMode::full && details != nullptr) {
        object.add("createdAt", details->created_at).add("lastModifiedAt", details->changed_at);
        out += ',';
        out += inside_braces(details->body);
    }
    object.end();
}

http::Response samples_answer(Call& call, SampleWriter writer, Names names, Page page) {
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = http::Body(std::make_unique<SampleSource>(
        call.services.records, std::move(writer), std::move(names), page));
    return response;
}

}  // namespace trommel::server
