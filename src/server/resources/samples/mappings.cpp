#include "server/resources/lookup.hpp"
#include "server/resources/resources.hpp"
#include "server/routing/answers.hpp"
#include "server/routing/services.hpp"
#include "server/wire/sample_ids.hpp"
#include "trommel/platform/wire/json.hpp"

namespace trommel::server {

namespace {

/// File names or ids by sample index: the place in the list is the bit in every tag.
asio::awaitable<http::Response> get_mappings(Call& call) {
    const Dataset dataset = co_await known_dataset(call);
    const auto names = co_await call.services.platform.mappings(dataset.id);
    const Page page = within(call.page(), names->size());
    const auto first = page.first;
    WriteRow write;
    if (call.query("field").value_or("fileName") == "_id") {
        write = [ids = SampleIds(dataset.id), first](std::string& out, std::size_t i) {
            out += '"';  // an id needs no escapes
            ids.append_id(out, static_cast<SampleIndex>(first + i));
            out += '"';
        };
    } else {
        write = [names, first](std::string& out, std::size_t i) {
            append_json(out, (*names)[first + i]);
        };
    }
    co_return rows_answer(page.count, std::move(write));
}

}  // namespace

void add_mappings(Routes& routes) {
    routes.push_back(
        {.method = "GET",
         .path = "/v1/datasets/{datasetId}/mappings",
         .id = "getSampleMappingsByDatasetId",
         .summary = "File names or ids of all samples; the place in the list is the bit in tags",
         .query = paged({{.name = "field", .schema = schema::words({"fileName", "_id"})}}),
         .reply = {200, schema::list(schema::text())},
         .answer = get_mappings});
}

}  // namespace trommel::server
