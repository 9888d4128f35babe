#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/resources/samples/sample_json.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/api_error.hpp"
#include "server/wire/mask_cursor.hpp"
#include "server/wire/numbers.hpp"
#include "server/wire/sample_ids.hpp"
#include "trommel/platform/wire/json.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace trommel::server {

namespace {

using store::ServedStore;

/// How long URLs are to be good: `expiresIn` seconds, or as long as the server lets them.
std::chrono::seconds lifetime_of(const Call& call) {
    const auto longest = call.services.urls.lifetime();
    const auto text = call.query("expiresIn");
    const auto seconds = text ? parse_whole(*text, 1, longest.count()) : std::nullopt;
    return seconds ? std::chrono::seconds(*seconds) : longest;
}

/// The samples of a tag that an export is about, with what it says of each.
class Export {
public:
    Export(const Call& call, const Tag& tag, std::shared_ptr<const std::vector<std::string>> names)
        : names_(std::move(names)),
          samples_(tag.mask),
          ids_(tag.dataset),
          dataset_(tag.dataset),
          urls_(&call.services.urls),
          caller_(call.caller),
          lifetime_(lifetime_of(call)),
          base_(base_url(call)) {
        page_ = within(call.page(), samples_.count());
    }

    std::size_t size() const { return page_.count; }
    std::size_t held() const { return samples_.held(); }
    /// Asked for in ascending order, as are the others.
    SampleIndex sample(std::size_t i) const { return samples_.at(page_.first + i); }
    const std::string& name(std::size_t i) const { return names_->at(sample(i)); }
    std::string url(std::size_t i) const {
        const auto path = sample_file_path(dataset_, ids_.id_of(sample(i)), "full");
        return base_ + urls_->sign("GET", path, caller_, now(), lifetime_);
    }

private:
    std::shared_ptr<const std::vector<std::string>> names_;
    mutable MaskCursor samples_;  ///< remembers where it is, and shows nothing of it
    SampleIds ids_;
    DatasetId dataset_;
    const SignedUrls* urls_;
    Caller caller_;
    std::chrono::seconds lifetime_;
    std::string base_;
    Page page_;
};

using Shared = std::shared_ptr<const Export>;

/// Appends a task; `info` is the sample's SampleData, empty where it was not asked for.
using WriteTask = void (*)(std::string& out, const Export&, std::size_t i, const std::string& info);

constexpr std::size_t samples_a_piece = 1000;

/// Tasks with the details of their samples, which are read while the list is sent.
class TaskSource final : public http::BodySource {
public:
    TaskSource(Records& records, const DatasetId& dataset, Shared all, WriteTask write)
        : records_(records),
          writer_(dataset, SampleMode::full),
          all_(std::move(all)),
          write_(write) {}

    asio::awaitable<std::string> next() override {
        std::string piece;
        if (ended_) co_return piece;
        const store::Slice slice = next_slice();
        auto details =
            co_await records_.ask(&ServedStore::sample_details, writer_.dataset(), slice);
        write_tasks(piece, slice, details);
        co_return piece;
    }
    std::size_t held() const override { return all_->held(); }

private:
    /// From the next task's sample on.
    store::Slice next_slice() const {
        if (next_ == all_->size()) return {};
        return {.first = all_->sample(next_), .count = samples_a_piece};
    }

    void write_tasks(std::string& piece,
                     const store::Slice& slice,
                     const std::vector<store::SampleDetails>& details) {
        if (next_ == 0) piece += '[';
        auto known = details.begin();
        for (; next_ < all_->size(); ++next_) {
            const SampleIndex sample = all_->sample(next_);
            if (sample >= slice.first + slice.count) return;
            while (known != details.end() && known->sample < sample) ++known;
            const bool has_details = known != details.end() && known->sample == sample;
            std::string info;
            writer_.write(info, sample, all_->name(next_), has_details ? &*known : nullptr);
            if (next_ > 0) piece += ',';
            write_(piece, *all_, next_, info);
        }
        piece += ']';
        ended_ = true;
    }

    Records& records_;
    SampleWriter writer_;
    Shared all_;
    WriteTask write_;
    std::size_t next_ = 0;
    bool ended_ = false;
};

asio::awaitable<Shared> exported(Call& call) {
    const Tag tag = co_await known_tag(call);
    auto names = co_await call.services.platform.mappings(call.dataset());
    co_return std::make_shared<const Export>(call, tag, std::move(names));
}

http::Response rows(const Shared& all, void (*write)(std::string&, const Export&, std::size_t)) {
    WriteRow row = [all, write](std::string& out, std::size_t i) { write(out, *all, i); };
    return rows_answer(all->size(), std::move(row), {}, all->held());
}

/// One name a line can say only what has no line end in it, as old datasets may have. Goes through
/// a copy, since an export is asked in ascending order and the answer begins at its first name.
void check_lines(const Export& original) {
    const Export all = original;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all.name(i).find_first_of("\r\n") != std::string::npos)
            throw ApiError(422,
                           "MALFORMED_REQUEST",
                           fmt::format("the name of sample {} holds a line end, so names cannot be "
                                       "told one a line; ask for them with format=JSON",
                                       all.sample(i)));
}

asio::awaitable<http::Response> file_names(Call& call) {
    const Shared all = co_await exported(call);
    const bool as_url = call.query("fileNameFormat") == "REDIRECTED_READ_URL";
    const auto text = [all, as_url](std::size_t i) { return as_url ? all->url(i) : all->name(i); };
    if (call.query("format") == "JSON") {
        WriteRow json = [text](std::string& out, std::size_t i) { append_json(out, text(i)); };
        co_return rows_answer(all->size(), std::move(json), {}, all->held());
    }
    if (!as_url) check_lines(*all);
    WriteRow line = [text](std::string& out, std::size_t i) { out += text(i); };
    Frame frame{"", "\n", ""};
    auto response = rows_answer(all->size(), std::move(line), std::move(frame), all->held());
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    co_return response;
}

void write_name_and_url(std::string& out, const Export& all, std::size_t i) {
    ObjectText(out).add("fileName", all.name(i)).add("readUrl", all.url(i)).end();
}

asio::awaitable<http::Response> tasks(Call& call, WriteTask write) {
    Shared all = co_await exported(call);
    if (!call.flag("includeMetaData")) {
        WriteRow row = [all, write](std::string& out, std::size_t i) { write(out, *all, i, {}); };
        co_return rows_answer(all->size(), std::move(row), {}, all->held());
    }
    http::Response response = json_answer(200, {});
    response.body = http::Body(
        std::make_unique<TaskSource>(call.services.records, call.dataset(), std::move(all), write));
    co_return response;
}

void write_label_studio(std::string& out,
                        const Export& all,
                        std::size_t i,
                        const std::string& info) {
    std::string data;
    ObjectText object(data);
    object.add("image", all.url(i)).add("lightlyFileName", all.name(i));
    if (!info.empty()) object.add_raw("lightlyMetaInfo", info);
    object.end();
    ObjectText(out).add("id", all.sample(i)).add_raw("data", data).end();
}

void write_label_box(std::string& out, const Export& all, std::size_t i) {
    ObjectText(out).add("externalId", all.name(i)).add("imageUrl", all.url(i)).end();
}

void write_label_box_v4(std::string& out, const Export& all, std::size_t i) {
    ObjectText(out)
        .add("row_data", all.url(i))
        .add("global_key", all.name(i))
        .add("media_type", "IMAGE")
        .end();
}

void write_sama(std::string& out, const Export& all, std::size_t i, const std::string& info) {
    std::string data;
    ObjectText object(data);
    object.add("id", all.sample(i))
        .add("url", all.url(i))
        .add("image", all.url(i))
        .add("lightlyFileName", all.name(i));
    if (!info.empty()) object.add_raw("lightlyMetaInfo", info);
    object.end();
    ObjectText(out).add_raw("data", data).end();
}

asio::awaitable<http::Response> names_and_urls(Call& call) {
    const Shared all = co_await exported(call);
    co_return rows(all, write_name_and_url);
}

asio::awaitable<http::Response> label_studio(Call& call) {
    http::Response response = co_await tasks(call, write_label_studio);
    co_return response;
}

asio::awaitable<http::Response> label_box(Call& call) {
    const Shared all = co_await exported(call);
    co_return rows(all, write_label_box);
}

asio::awaitable<http::Response> label_box_v4(Call& call) {
    const Shared all = co_await exported(call);
    co_return rows(all, write_label_box_v4);
}

asio::awaitable<http::Response> sama(Call& call) {
    http::Response response = co_await tasks(call, write_sama);
    co_return response;
}

std::vector<QueryParameter> export_query() {
    return paged({{.name = "fileNameFormat",
                   .schema = schema::words({"NAME", "DATASOURCE_FULL", "REDIRECTED_READ_URL"})},
                  {.name = "expiresIn", .schema = schema::integer(1)},
                  {.name = "accessControl", .schema = schema::text()},
                  {.name = "includeMetaData", .schema = schema::truth()},
                  {.name = "format", .schema = schema::words({"JSON", "PLAIN"})},
                  {.name = "previewExample", .schema = schema::truth()}});
}

Reply list_of(const char* name) { return {200, schema::list(schema::reference(name))}; }

}  // namespace

void add_exports(Routes& routes) {
    const auto get = [&](const std::string& path,
                         const char* id,
                         const char* summary,
                         Reply reply,
                         decltype(Route::answer) answer) {
        routes.push_back({.method = "GET",
                          .path = "/v1/datasets/{datasetId}/tags/{tagId}/export/" + path,
                          .id = id,
                          .summary = summary,
                          .query = export_query(),
                          .reply = std::move(reply),
                          .answer = answer});
    };
    get("basic/filenames",
        "exportTagToBasicFilenames",
        "Names of the tag's samples, one a line",
        {200, {}, "text/plain"},
        file_names);
    get("basic/filenamesAndReadUrls",
        "exportTagToBasicFilenamesAndReadUrls",
        "The same with URLs of the images",
        list_of("FilenameAndReadUrl"),
        names_and_urls);
    get("LabelStudio/tasks",
        "exportTagToLabelStudioTasks",
        "Tasks for Label Studio",
        list_of("LabelStudioTask"),
        label_studio);
    get("LabelStudioTasks",
        "exportTagToLabelStudioTasksOld",
        "The same, for clients 1.2.12 and 1.2.13",
        list_of("LabelStudioTask"),
        label_studio);
    get("LabelBox/datarows",
        "exportTagToLabelBoxDataRows",
        "Rows for Labelbox",
        list_of("LabelBoxDataRow"),
        label_box);
    get("LabelBoxDataRows",
        "exportTagToLabelBoxDataRowsOld",
        "The same, for clients 1.2.12 and 1.2.13",
        list_of("LabelBoxDataRow"),
        label_box);
    get("LabelBoxV4/datarows",
        "exportTagToLabelBoxV4DataRows",
        "Rows for Labelbox, version 4",
        list_of("LabelBoxV4DataRow"),
        label_box_v4);
    get("Sama/tasks", "exportTagToSamaTasks", "Tasks for Sama", list_of("SamaTask"), sama);
}

}  // namespace trommel::server
